"""What is added row by row: losses of probabilities, histograms of scores, placements of two models."""

from __future__ import annotations

import math

import numpy as np

from byhand.kernels.numba.evaluate.pages import offset_in_kernel
from byhand.kernels.numba.evaluate.sums import add_product
from byhand.kernels.numba.runtime.jit import kernel

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
        p: (n,) probabilities, and ``positive`` 1 or 0.
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
    """Count the scores below the first edge, from each edge to the next, and from the last; nan returns its row, else −1."""
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


@kernel()
def add_placements(a, sign_a, first_a, low_a, shift_a, rows_a, places_a, b, sign_b, first_b, low_b, shift_b, rows_b, places_b, positive, sums):
    """Add the placements of two models on the same rows, and their products.

    Args:
        a: (n,) scores of model A as signed integers with their bits; ``sign_a`` is the sign bit, ``first_a`` the lowest
            key, ``low_a`` the bits of a key within a page, ``shift_a`` those within a cell, ``rows_a`` the row of cells
            of each page, ``places_a`` (rows, cells, 2) the placement of a negative and of a positive, int32, below 2²¹.
            The same for ``b``.
        positive: (n,) 1 or 0.
        sums: (2, 6) int64 out, for each class: rows, Σ A, Σ B, Σ A², Σ B², Σ A · B; n is at most 2²⁰.

    Returns:
        Whether all scores were found.
    """
    for i in range(positive.size):
        label = i8(positive[i])
        at_a = offset_in_kernel(a[i], sign_a, first_a)
        at_b = offset_in_kernel(b[i], sign_b, first_b)
        row_a, row_b = rows_a[i8(at_a >> u8(low_a))], rows_b[i8(at_b >> u8(low_b))]
        if row_a < 0 or row_b < 0:
            return False
        cell_a = i8((at_a & ((u8(1) << u8(low_a)) - u8(1))) >> u8(shift_a))
        cell_b = i8((at_b & ((u8(1) << u8(low_b)) - u8(1))) >> u8(shift_b))
        v, w = i8(places_a[row_a, cell_a, label]), i8(places_b[row_b, cell_b, label])
        sums[label, 0] += 1
        sums[label, 1] += v
        sums[label, 2] += w
        sums[label, 3] += v * v
        sums[label, 4] += w * w
        sums[label, 5] += v * w
    return True
