"""ROC AUC with weights: what the positives win, each pair counting the product of its weights.

    2U = Σ w₊ · (2 · Σ w₋ below + Σ w₋ tied)

Rows go to buckets as without weights, here a word and a weight each; a bucket is sorted by as many digits as its keys
differ in, which keeps the order of equal ones. So the sums have one order, whatever the threads, and they are
compensated, so that any order gives the same number but for its last bits. Bytes moved for n scores of b bytes:
n · (9b + 51), with two digits; memory taken n · (b + 8).

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

DIGIT = 11  # bits


@kernel()
def scatter(x, sign, positive, weight, low, shift, bucket, offsets, out, weights):
    """Write the word and the weight of each row to the bucket of its range."""
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
def rank(a, v, b, u, base):
    """Sort the words a and with them the weights v; b and u are as large. Says whether they ended up in b and u."""
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
    """The sum, rounded, and what was lost in all roundings so far."""
    s = total + x
    part = s - total
    return s, lost + ((total - (s - part)) + (x - part))


add_in_kernel = jit()(add)


@jit()
def sums(a, v):
    """2U, and the weight of negatives and of positives, of sorted words and their weights."""
    won = won_lost = below = below_lost = above = above_lost = 0.0
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
        won, won_lost = add_in_kernel(won, won_lost, pos * (2.0 * (below + below_lost) + neg))
        below, below_lost = add_in_kernel(below, below_lost, neg)
        above, above_lost = add_in_kernel(above, above_lost, pos)
    return won + won_lost, below + below_lost, above + above_lost


@kernel()
def sum_pairs(words, weights, starts, ends, bases, first, stop, found):
    """2U, and the weight of negatives and of positives, of each bucket that starts in first…stop."""
    largest = 0
    for k in range(bases.size):
        if first <= starts[k] < stop:
            largest = max(largest, ends[k] - starts[k])
    b, u = np.empty_like(words[:largest]), np.empty(largest, np.float64)
    for k in range(bases.size):
        size = ends[k] - starts[k]
        if size and first <= starts[k] < stop:
            a, v = words[starts[k] : ends[k]], weights[starts[k] : ends[k]]
            if rank(a, v, b[:size], u[:size], bases[k]):
                a, v = b[:size], u[:size]
            found[k, 0], found[k, 1], found[k, 2] = sums(a, v)


def weighted(rows: Rows, weight: NDArray[np.float64]) -> tuple[float, float] | None:
    """2U and 2 · W₊ · W₋ of rows with finite weights, none negative; None if the rows are not proper."""
    n = len(rows.x)
    if not n:
        return 0.0, 0.0
    cut = buckets_of(rows)
    if cut is None:
        return None
    wide = rows.x.itemsize == 8
    words = empty(n, torch.int64 if wide else torch.int32).numpy().view(u8 if wide else u4)
    weights = empty(n, torch.float64).numpy()
    pieces = len(cut.offsets)

    def piece(start: int, stop: int) -> None:
        for k in range(start, stop):
            begin, end = k * n // pieces, (k + 1) * n // pieces
            for i, (x, sign, positive) in zip(range(begin, end, PART), rows.parts(begin, end), strict=True):
                w = np.ascontiguousarray(weight[i : min(i + PART, end)])
                scatter(
                    x, sign, positive, w, cut.ranges.low, cut.ranges.shift, cut.bucket, cut.offsets[k], words, weights
                )

    parallel(piece, pieces, 1)
    found = np.zeros((len(cut.ends), 3))
    arguments = words, weights, cut.ends - cut.counts.sum(1), cut.ends, cut.bases
    parallel(lambda start, stop: sum_pairs(*arguments, start, stop, found), n, GRAIN)
    won, of_negatives, of_positives = found.T.tolist()
    across = (2 * p * b for p, b in zip(of_positives, before(of_negatives), strict=True))
    return math.fsum([*won, *across]), 2 * math.fsum(of_negatives) * math.fsum(of_positives)


def before(values: list[float]) -> Iterator[float]:
    """The sum of what comes before each."""
    total = lost = 0.0
    for x in values:
        yield total + lost
        total, lost = add(total, lost, x)
