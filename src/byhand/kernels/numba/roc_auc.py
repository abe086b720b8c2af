"""ROC AUC: 2U and 2 · n₊ · n₋, counted exactly; what :func:`byhand.metrics.roc_auc_score` divides.

Bytes that must move for n scores of b = 4 or 8 bytes: n · (b + 1), to read each score and label once. What moves:
n · (5b + 2). All are read twice, first to count how many rows each of 2¹⁶ ranges of scores holds, then to write each
row, score and label in one word of b bytes, to a bucket of neighbouring ranges. A bucket fits in the cache, where it is
sorted and its pairs are counted; pairs of different buckets follow from the counts. The words are all the memory taken,
n · b. Scores of one or two bytes are not sorted: each value has its own counter, and only n · (b + 1) bytes move.

The result is a sum of integers: the same for any order of rows, number of threads, or cut into buckets.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand.kernels.numba._jit import jit
from byhand.kernels.numba._memory import empty, why_not
from byhand.kernels.numba._pool import parallel
from byhand.kernels.numba._sort import SPARSE, TABLE, count_pairs, rebase, segment

i4, i8, u4, u8 = np.int32, np.int64, np.uint32, np.uint64

STORED = {
    torch.float64: (torch.int64, -(1 << 63)),
    torch.float32: (torch.int32, -(1 << 31)),
    torch.float16: (torch.int16, -(1 << 15)),
    torch.bfloat16: (torch.int16, -(1 << 15)),
    torch.bool: (torch.uint8, 0),
    **{dtype: (dtype, 0) for dtype in (torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)},
}
"""The integers to read numbers as; and the sign bit, where negative ones are stored as sign and magnitude."""

SERIAL = 1 << 17  # rows that one thread sorts as two segments, sooner than others could help
GRAIN = 1 << 17  # rows that are worth a piece
COPY = 1 << 17  # rows that are copied at a time if they are apart or narrow; not less than SERIAL
BLOCK = 1024  # rows that are encoded at a time: they stay in the first-level cache


def key_of(x, sign):
    """An integer for each number that orders as they do, the same for −0 and 0."""
    minus = (x >> 63) & (sign >> 63)
    return (x ^ minus) - minus + (sign & minus)


key_in_kernel = jit()(key_of)


@jit()
def encode(x, sign, positive, low, shift, last, counters, words):
    """2 · range + label, and the word, of each row of a block."""
    for i in range(words.size):
        key = key_in_kernel(i8(x[i]), sign)
        label = i8(positive[i] != 0)
        k = (key >> shift) - low
        k = k if k > 0 else 0
        k = k if k < last else last
        counters[i] = k << 1 | label
        words[i] = key << 1 | label


@jit()
def count(x, sign, positive, low, shift, counts):
    """Count the rows of each range and label."""
    counters, words = np.empty(BLOCK, i4), np.empty(BLOCK, u4)
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        encode(x[i:], sign, positive[i:], low, shift, counts.size // 2 - 1, counters, words[:size])
        for j in range(size):
            counts[counters[j]] += 1


@jit()
def scatter(x, sign, positive, low, shift, bucket, offsets, out):
    """Write the word of each row to the bucket of its range."""
    counters, words = np.empty(BLOCK, i4), np.empty_like(out[:BLOCK])
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        encode(x[i:], sign, positive[i:], low, shift, bucket.size - 1, counters, words[:size])
        for j in range(size):
            k = bucket[counters[j] >> 1]
            p = offsets[k]
            offsets[k] = p + 1
            out[p] = words[j]


@jit()
def serial(x, sign, positive, words):
    """2U, negatives and positives of few rows; ``words`` are twice as many."""
    n = x.size
    p, q = i8(0), n
    for i in range(n):
        key = key_in_kernel(i8(x[i]), sign)
        minus = i8(key < 0)  # no branch: the sign is hard to predict
        q -= 1 - minus
        words[p if minus else q] = key << 1 | i8(positive[i] != 0)
        p += minus
    table = np.empty(max(4096, min(TABLE, SPARSE * n)), i4)
    two = negatives = positives = i8(0)
    for k in range(2):
        a = words[p:n] if k else words[:p]
        if a.size:
            least, most = rebase(a, u8(0))
            pos, won = segment(a, least & ~u8(1), most, words[n:], table)
            two += won + 2 * pos * negatives
            positives += pos
            negatives += a.size - pos
    return two, negatives, positives


class Rows(NamedTuple):
    """The scores as integers, their sign bit if negative ones are sign and magnitude, and 1 for each positive."""

    x: NDArray[Any]
    sign: int
    positive: NDArray[np.uint8]

    def part(self, start: int, stop: int) -> Iterator[tuple[NDArray[Any], int, NDArray[np.uint8]]]:
        """Rows as the kernels take them, contiguous and of at least 32 bits; copied in small parts if they are not."""
        as_is = self.x.itemsize >= 4 and self.x.flags.c_contiguous and self.positive.flags.c_contiguous
        step = max(1, stop - start) if as_is else COPY
        for i in range(start, stop, step):
            x, positive = self.x[i : min(i + step, stop)], self.positive[i : min(i + step, stop)]
            dtype = i8 if x.itemsize == 8 else i4
            yield np.ascontiguousarray(x, dtype), self.sign, np.ascontiguousarray(positive)


class Ranges(NamedTuple):
    """Range k holds the keys from (low + k) · 2ˢʰⁱᶠᵗ up; the first also what is below, the last what is above."""

    low: int
    shift: int
    number: int


def roc_auc(scores: Tensor, positive: Tensor) -> tuple[int, int]:
    """2U and 2 · n₊ · n₋ of n scores; 0 and 0 if there is one class only."""
    dtype, sign = STORED[scores.dtype]
    rows = Rows(scores.detach().view(dtype).numpy(), sign, positive.detach().view(torch.uint8).numpy())
    n = len(rows.x)
    if n <= SERIAL:
        for part in rows.part(0, n):
            two_u, negatives, positives = serial(*part, np.empty(2 * n, u8 if part[0].itemsize == 8 else u4))
            return two_u, 2 * negatives * positives
        return 0, 0
    if dtype.itemsize <= 2:  # a range for each value
        values = 1 << 8 * dtype.itemsize
        counts = count_rows(rows, Ranges(-values // 2 if dtype.is_signed else 0, 0, values)).sum(0, i8)
        within = int(counts.prod(1).sum())
    else:
        counts, within = sort_rows(rows)
    of_negatives, of_positives = counts.T
    below = of_negatives.cumsum() - of_negatives
    return within + 2 * int(of_positives @ below), 2 * int(of_negatives.sum()) * int(of_positives.sum())


def refuses(*tensors: Tensor) -> str:
    """Why these can't be taken, or ``""``."""
    scores, positive = tensors
    if scores.dtype not in STORED or positive.dtype != torch.bool:
        return f"it takes scores of {', '.join(map(str, STORED))}, and bools"
    if len(scores) >= 1 << 31:
        return "it takes less than 2³¹ rows"
    return why_not(scores, positive)


def count_rows(rows: Rows, ranges: Ranges) -> NDArray[np.int32]:
    """How many negatives and positives of each piece are in each range."""
    n = len(rows.x)
    pieces = max(1, min(4 * torch.get_num_threads(), n // GRAIN))
    counts = np.zeros((pieces, ranges.number, 2), i4)

    def piece(first: int, last: int) -> None:
        for k in range(first, last):
            for part in rows.part(k * n // pieces, (k + 1) * n // pieces):
                count(*part, ranges.low, ranges.shift, counts[k].reshape(-1))

    parallel(piece, pieces, 1)
    return counts


def sort_rows(rows: Rows) -> tuple[NDArray[np.int64], int]:
    """Negatives and positives of each bucket, and 2U of the pairs within buckets."""
    n = len(rows.x)
    low, shift, _ = ranges = choose(rows)
    by_range = count_rows(rows, ranges)
    sizes = by_range[:, :, 0] + by_range[:, :, 1]
    bucket, first = group(sizes.sum(0), -low)
    sizes = np.add.reduceat(sizes, first, axis=1)
    counts = np.add.reduceat(by_range.sum(0, i8), first)
    ends = sizes.sum(0).cumsum()
    starts = ends - sizes.sum(0)
    offsets = starts + sizes.cumsum(0) - sizes
    bases = (low + first << shift).astype(u8) << u8(1)
    bases[0] = 0
    wide = rows.x.itemsize == 8
    words = empty((n,), torch.int64 if wide else torch.int32).numpy().view(u8 if wide else u4)

    def piece(start: int, stop: int) -> None:
        for k in range(start, stop):
            for part in rows.part(k * n // len(offsets), (k + 1) * n // len(offsets)):
                scatter(*part, low, shift, bucket, offsets[k], words)

    parallel(piece, len(offsets), 1)
    mixed = np.flatnonzero(counts.all(1))
    two_u = np.zeros(len(mixed), i8)
    arguments = words, starts[mixed], ends[mixed], bases[mixed]
    parallel(lambda start, stop: count_pairs(*arguments, start, stop, two_u), n, GRAIN)
    return counts, int(two_u.sum())


def choose(rows: Rows) -> Ranges:
    """Ranges that cover a sample but for its ends, with a border at key 0, so that none spans more than half of all."""
    n = len(rows.x)
    i = np.arange(1024)
    x = rows.x[((i + i * 0.6180339887 % 1) * (n / i.size)).astype(i8)].astype(i8)
    keys = np.unique(key_of(x, rows.sign))
    trim = len(keys) // 256
    least, most = min(int(keys[trim]), -1), max(int(keys[-1 - trim]), 0)
    shift = max(0, (most - least).bit_length() - min(16, n.bit_length() - 6))
    return Ranges(least >> shift, shift, (most >> shift) - (least >> shift) + 1)


def group(sizes: NDArray[np.int64], zero: int) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """The bucket of each range, with a border at range ``zero``; and the first range of each bucket.

    Neighbours share a bucket of 2¹⁵ rows, or of a thousandth of all if that is more.
    """
    middle = sizes.cumsum() - sizes // 2
    target = max(1 << 15, int(sizes.sum()) >> 10)
    bucket = middle // target
    bucket[zero:] += 1
    first = np.append(0, np.flatnonzero(bucket[1:] != bucket[:-1]) + 1)
    return np.repeat(np.arange(len(first), dtype=np.uint16), np.diff(first, append=len(bucket))), first
