"""ROC AUC with weights: a pair counts the product of its two weights.

    2U = Σ w₊ · (2 · Σ w₋ below + Σ w₋ tied)

Rows go to buckets as without weights, but each is a word and a weight. A bucket is sorted by a stable radix sort over
the bits in which its keys differ. So sums have the same order for any number of threads. They are compensated, so that
another order of the rows changes only their last bits. Bytes moved for n scores of b bytes: n · (9b + 51), with two
digits; memory taken: n · (b + 8).

Source: Neumaier, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen, 1974 (compensated sums).
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import torch
from numpy.typing import NDArray

from byhand.kernels.numba.ranking.buckets import BLOCK, GRAIN, PART, Rows, buckets_of, encode
from byhand.kernels.numba.runtime.blocks import empty
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.pool import parallel

i4, i8, u4, u8 = np.int32, np.int64, np.uint32, np.uint64

DIGIT = 11  # bits of a digit of the radix sort


@kernel()
def scatter(x, sign, positive, weight, low, shift, bucket, offsets, out, weights):
    """Write the word and the weight of each row into its bucket."""
    counters, words = np.empty(BLOCK, i4), np.empty_like(out[:BLOCK])
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        encode(x[i:], sign, positive[i:], low, shift, bucket.size - 1, counters, words[:size])
        for j in range(size):
            k = bucket[counters[j] >> 1]
            p = offsets[k]
            offsets[k] = p + 1
            out[p] = words[j]
            weights[p] = weight[i + j]


@jit()
def sort_bucket(a, v, b, u, base):
    """Sort the words a by their keys, and the weights v with them; b and u are buffers of the same sizes.

    Returns whether the result is in b and u, and else it is in a and v.
    """
    most = u8(0)
    least = ~u8(0)
    for i in range(a.size):
        a[i] = a[i] - base
        key = u8(a[i]) >> u8(1)
        most = max(most, key)
        least = min(least, key)
    heads = np.empty(1 << DIGIT, i8)
    mask = u8(heads.size - 1)
    swapped = False
    at = u8(0)
    while at < u8(64) and (most - least) >> at:
        for k in range(heads.size):
            heads[k] = 0
        for i in range(a.size):
            heads[i8((((u8(a[i]) >> u8(1)) - least) >> at) & mask)] += 1
        total = i8(0)
        for k in range(heads.size):
            size = heads[k]
            heads[k] = total
            total += size
        for i in range(a.size):
            d = i8((((u8(a[i]) >> u8(1)) - least) >> at) & mask)
            p = heads[d]
            heads[d] = p + 1
            b[p] = a[i]
            u[p] = v[i]
        a, v, b, u = b, u, a, v
        swapped = not swapped
        at += u8(DIGIT)
    return swapped


def add(total, lost, x):
    """Compensated addition: the rounded sum, and the accumulated rounding error."""
    s = total + x
    part = s - total
    return s, lost + ((total - (s - part)) + (x - part))


add_in_kernel = jit()(add)


@jit()
def sum_sorted(a, v):
    """2U, the weight of the negatives and that of the positives, of sorted words and their weights."""
    two_u = two_u_lost = below = below_lost = above = above_lost = 0.0
    i = 0
    while i < a.size:
        key = a[i] >> a.dtype.type(1)
        neg = neg_lost = pos = pos_lost = 0.0
        while i < a.size and a[i] >> a.dtype.type(1) == key:
            label = np.float64(a[i] & a.dtype.type(1))
            pos, pos_lost = add_in_kernel(pos, pos_lost, label * v[i])
            neg, neg_lost = add_in_kernel(neg, neg_lost, (1.0 - label) * v[i])
            i += 1
        pos += pos_lost
        neg += neg_lost
        two_u, two_u_lost = add_in_kernel(two_u, two_u_lost, pos * (2.0 * (below + below_lost) + neg))
        below, below_lost = add_in_kernel(below, below_lost, neg)
        above, above_lost = add_in_kernel(above, above_lost, pos)
    return two_u + two_u_lost, below + below_lost, above + above_lost


@kernel()
def sum_pairs(words, weights, starts, ends, bases, first, stop, found):
    """As :func:`sum_sorted`, of each bucket that starts between ``first`` and ``stop``."""
    largest = 0
    for k in range(bases.size):
        if first <= starts[k] < stop:
            largest = max(largest, ends[k] - starts[k])
    b, u = np.empty_like(words[:largest]), np.empty(largest, np.float64)
    for k in range(bases.size):
        size = ends[k] - starts[k]
        if size and first <= starts[k] < stop:
            a, v = words[starts[k] : ends[k]], weights[starts[k] : ends[k]]
            if sort_bucket(a, v, b[:size], u[:size], bases[k]):
                a, v = b[:size], u[:size]
            found[k, 0], found[k, 1], found[k, 2] = sum_sorted(a, v)


def weighted(rows: Rows, weight: NDArray[np.float64]) -> tuple[float, float] | None:
    """2U and 2 · W₊ · W₋ of rows with finite, non-negative weights; None if rows are not valid."""
    n = len(rows.x)
    if not n:
        return 0.0, 0.0
    buckets = buckets_of(rows)
    if buckets is None:
        return None
    wide = rows.x.itemsize == 8
    words = empty(n, torch.int64 if wide else torch.int32).numpy().view(u8 if wide else u4)
    weights = empty(n, torch.float64).numpy()
    pieces, (low, shift, _) = len(buckets.offsets), buckets.ranges

    def piece(start: int, stop: int) -> None:
        for k in range(start, stop):
            begin, end = k * n // pieces, (k + 1) * n // pieces
            for i, (x, sign, positive) in zip(range(begin, end, PART), rows.parts(begin, end), strict=True):
                w = np.ascontiguousarray(weight[i : min(i + PART, end)])
                scatter(x, sign, positive, w, low, shift, buckets.bucket, buckets.offsets[k], words, weights)

    parallel(piece, pieces, 1)
    found = np.zeros((len(buckets.ends), 3))
    arguments = words, weights, buckets.ends - buckets.counts.sum(1), buckets.ends, buckets.bases
    parallel(lambda start, stop: sum_pairs(*arguments, start, stop, found), n, GRAIN)
    two_u, of_negatives, of_positives = found.T.tolist()
    across = (2 * p * b for p, b in zip(of_positives, before(of_negatives), strict=True))
    return math.fsum([*two_u, *across]), 2 * math.fsum(of_negatives) * math.fsum(of_positives)


def before(values: list[float]) -> Iterator[float]:
    """For each value, the sum of all values before it."""
    total = lost = 0.0
    for x in values:
        yield total + lost
        total, lost = add(total, lost, x)
