"""What is added row by row: losses of probabilities, histograms of scores, placements of two models."""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.evaluate.pages import offset_in_kernel
from byhand.kernels.numba.evaluate.sums import add_product
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.math import LN2_HI_64, LN2_LO_64, ROUND_64, ROUND_BITS_64
from byhand.kernels.numba.runtime.memory import double_of, long_bits_of

f8, i8, u8 = np.float64, np.int64, np.uint64

LOSS = 2.0**48  # a loss is a whole number of 2⁻⁴⁸ nats: at most 745 of them, below 2⁵⁸
ONE = 2.0**60  # a probability or a square is one of 2⁻⁶⁰
OF_LOSS, OF_ONE = i8(32), i8(30)  # the bits of the lower of two parts of these whole numbers
BLOCK = 1024
SMALLEST, TO_NORMAL = 2.0**-1022, 2.0**54  # the smallest normal number
HALF_ROOT, MANTISSA = i8(0x3FE6A09E667F3BCD), i8(0xFFFFFFFFFFFFF)  # the bits of √½


@kernel()
def find_outside(p):
    """The first row that is not a probability, from 0 to 1, or −1."""
    for start in range(0, p.size, BLOCK):
        part = p[start : start + BLOCK]
        outside = 0
        for i in range(part.size):
            outside += not 0.0 <= part[i] <= 1.0
        if outside:
            for i in range(part.size):
                if not 0.0 <= part[i] <= 1.0:
                    return start + i
    return -1


@jit()
def log_of_probability(q):
    """Log q for 0 < q ≤ 1, with an absolute error of 2⁻⁵² times its size, or 2⁻⁵² where it is below 1.

    Without contraction and calls of libm: the bits are the same on all machines. The series of 2 · artanh s is
    truncated below 2⁻⁵⁶.
    """
    tiny = q < SMALLEST
    y = q * TO_NORMAL if tiny else q
    bits = long_bits_of(y) - HALF_ROOT  # the mantissa is then in [√½, √2)
    exponent = i8(u8(bits + (i8(1023) << i8(52))) >> u8(52))  # AVX2 has no shift of 64-bit numbers with a sign
    n = double_of(exponent + ROUND_BITS_64) - (ROUND_64 + f8(1023)) - (f8(54) if tiny else f8(0))
    f = double_of((bits & MANTISSA) + HALF_ROOT) - f8(1)
    s = f / (f8(2) + f)
    z = s * s
    p = ((z * f8(1 / 19) + f8(1 / 17)) * z + f8(1 / 15)) * z + f8(1 / 13)
    p = ((p * z + f8(1 / 11)) * z + f8(1 / 9)) * z + f8(1 / 7)
    p = (p * z + f8(1 / 5)) * z + f8(1 / 3)
    return n * LN2_HI_64 + (f8(2) * (s + s * z * p) + n * LN2_LO_64)


@jit()
def in_two(v, bits):
    """A number of at most 2⁶⁰, rounded, as a · 2ᵏ + c in whole numbers; k, about 30, is ``bits``; c may be negative."""
    unit = f8(i8(1) << bits)
    z = v * (f8(1) / unit) + ROUND_64
    rest = (v - (z - ROUND_64) * unit) + ROUND_64
    return long_bits_of(z) - ROUND_BITS_64, long_bits_of(rest) - ROUND_BITS_64


@jit()
def add_two(sums, at, a, b, bits):
    """Add a · 2ᵏ + b, at least 0, to the 128 bits of sums[at] and sums[at + 1]."""
    add_product(sums, at, u8(a + (b >> bits)), u8(1) << u8(bits))
    add_product(sums, at, u8(b & ((i8(1) << bits) - i8(1))), u8(1))


@kernel()
def add_probabilities(p, positive, weights, table, sums):
    """Add rows to the calibration table and to the losses.

    Args:
        p: (n,) probabilities; n is at most 2²⁰.
        positive: (n,) 1 or 0.
        weights: (n,) int64, or empty.
        table: (bins, 4) uint64 out: the weights of negatives and positives, and Σ weight · p in multiples of 2⁻⁶⁰ (two
            words).
        sums: (5,) uint64 out: Σ weight · loss (two words), Σ weight · (p − label)² (two words), and the rows whose
            loss is infinite.
    """
    if weights.size:
        for i in range(p.size):
            add_weighted(f8(p[i]), positive[i], u8(weights[i]), table, sums)
    else:
        losses = squares = i8(0), i8(0)
        for start in range(0, p.size, BLOCK):
            stop = start + BLOCK
            losses, squares, impossible = add_losses(p[start:stop], positive[start:stop], losses, squares)
            sums[4] += u8(impossible)
        add_two(sums, 0, losses[0], losses[1], OF_LOSS)
        add_two(sums, 2, squares[0], squares[1], OF_ONE)
        add_scores(p, positive, table)


@jit()
def bin_of(x, bins):
    """The bin of a probability."""
    return min(i8(x * bins), bins - 1)


@jit()
def add_weighted(x, label, weight, table, sums):
    """Add one row with a weight."""
    k = bin_of(x, table.shape[0])
    table[k, i8(label)] += weight
    add_product(table[k], 2, u8(x * ONE + 0.5), weight)
    off = x - f8(label)
    add_product(sums, 2, u8(off * off * ONE + 0.5), weight)
    if abs(off) == 1.0:
        sums[4] += u8(1)
    else:
        add_product(sums, 0, u8(-log_of_probability(x if label else 1.0 - x) * LOSS + 0.5), weight)


@jit()
def add_losses(p, positive, losses, squares):
    """Add a block to the sums, which are whole numbers in two parts each; and how many losses are infinite."""
    a, b = losses
    c, d = squares
    impossible = i8(0)
    for i in range(p.size):
        x, label = f8(p[i]), positive[i]
        q = x if label else f8(1) - x
        never = q == f8(0)
        high, low = in_two(f8(0) if never else -log_of_probability(q) * LOSS, OF_LOSS)
        a, b = a + high, b + low
        off = f8(1) - q
        high, low = in_two(off * off * ONE, OF_ONE)
        c, d = c + high, d + low
        impossible += i8(never)
    return (a, b), (c, d), impossible


@jit()
def add_scores(p, positive, table):
    """Add rows without weights to the calibration table."""
    bins = table.shape[0]
    counts = np.zeros((bins, 4), i8)
    for i in range(p.size):
        x = f8(p[i])
        k = bin_of(x, bins)
        high, low = in_two(x * ONE, OF_ONE)
        counts[k, i8(positive[i])] += 1
        counts[k, 2] += high
        counts[k, 3] += low
    for k in range(bins):
        table[k, 0] += u8(counts[k, 0])
        table[k, 1] += u8(counts[k, 1])
        add_two(table[k], 2, counts[k, 2], counts[k, 3], OF_ONE)


@kernel()
def add_to_bins(x, edges, weights, counts):
    """Count the scores below the first edge, from each to the next, and from the last; the row of a nan, or −1."""
    for i in range(x.size):
        score = f8(x[i])
        if score != score:
            return i
        low, high = 0, edges.size
        while low < high:
            middle = (low + high) >> 1
            if score < edges[middle]:
                high = middle
            else:
                low = middle + 1
        counts[low] += weights[i] if weights.size else 1
    return -1


@jit()
def placement(model, i, label):
    """A row's placement with a model (see :func:`add_placements`), or −1 if its score is in no cell."""
    x, sign, first, low, shift, rows, places = model
    offset = offset_in_kernel(x[i], sign, first)
    row = rows[i8(offset >> u8(low))]
    if row < 0:
        return i8(-1)
    return i8(places[row, i8((offset & ((u8(1) << u8(low)) - u8(1))) >> u8(shift)), label])


@kernel()
def add_placements(a, b, positive, sums):
    """Add the placements of two models on the same rows, and their products.

    Args:
        a: model A: (n,) scores as signed integers with their bits, the sign bit, the lowest key, the bits of a key
            within a page and within a cell, the row of cells of each page, and the placements of a negative and of a
            positive in each cell, (rows, cells, 2) int32, below 2²¹.
        b: the same of model B.
        positive: (n,) 1 or 0.
        sums: (2, 6) int64 out, for each class: rows, Σ A, Σ B, Σ A², Σ B², Σ A · B; n is at most 2²⁰.

    Returns:
        Whether all scores were found.
    """
    for i in range(positive.size):
        label = i8(positive[i])
        v, w = placement(a, i, label), placement(b, i, label)
        if v < 0 or w < 0:
            return False
        sums[label, 0] += 1
        sums[label, 1] += v
        sums[label, 2] += w
        sums[label, 3] += v * v
        sums[label, 4] += w * w
        sums[label, 5] += v * w
    return True
