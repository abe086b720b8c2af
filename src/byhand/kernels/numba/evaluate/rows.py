"""What is added row by row: losses of probabilities, histograms of scores, placements of two models."""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba.evaluate.pages import offset_in_kernel
from byhand.kernels.numba.evaluate.sums import add_product
from byhand.kernels.numba.runtime.jit import jit, kernel

f8, i8, u8 = np.float64, np.int64, np.uint64

LOSS = 2.0**48  # a loss is a whole number of 2⁻⁴⁸ nats: at most 745 of them, below 2⁵⁸
ONE = 2.0**60  # a probability or a square is one of 2⁻⁶⁰


@kernel()
def find_outside(p):
    """The first row that is not a probability, from 0 to 1, or −1."""
    for i in range(p.size):
        if not 0.0 <= p[i] <= 1.0:
            return i
    return -1


@kernel()
def add_probabilities(p, positive, weights, table, sums):
    """Add rows to the calibration table and to the losses.

    Args:
        p: (n,) probabilities.
        positive: (n,) 1 or 0.
        weights: (n,) int64, or empty.
        table: (bins, 4) uint64 out: the weights of negatives and positives, and Σ weight · p in multiples of 2⁻⁶⁰ (two
            words).
        sums: (5,) uint64 out: Σ weight · loss (two words), Σ weight · (p − label)² (two words), and the rows whose
            loss is infinite.
    """
    bins = table.shape[0]
    for i in range(p.size):
        x, label = f8(p[i]), positive[i]
        weight = u8(weights[i]) if weights.size else u8(1)
        k = min(i8(x * bins), bins - 1)
        table[k, i8(label)] += weight
        add_product(table[k], 2, u8(x * ONE + 0.5), weight)
        off = x - f8(label)
        add_product(sums, 2, u8(off * off * ONE + 0.5), weight)
        if abs(off) == 1.0:
            sums[4] += u8(1)
        else:
            loss = -math.log(x) if label else -math.log1p(-x)
            add_product(sums, 0, u8(loss * LOSS + 0.5), weight)


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
