"""Rows to be ranked, cut into buckets of neighbouring scores, which fit in the cache.

All rows are read, to count how many each of 2¹⁶ ranges of scores holds; neighbouring ranges make a bucket.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.pool import parallel

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

LABELS = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64}

GRAIN = 1 << 17  # rows that are worth a piece
PART = 1 << 15  # rows that are checked, and copied where they must be, at a time: they stay in the cache
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
        k = key >> shift
        k = k if k > low else low  # before the difference, which might overflow
        k = k if k < low + last else low + last
        counters[i] = k - low << 1 | label
        words[i] = key << 1 | label


@kernel()
def count(x, sign, positive, low, shift, counts):
    """Count the rows of each range and label."""
    counters, words = np.empty(BLOCK, i4), np.empty(BLOCK, u4)
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        encode(x[i:], sign, positive[i:], low, shift, counts.size // 2 - 1, counters, words[:size])
        for j in range(size):
            counts[counters[j]] += 1


class Rows(NamedTuple):
    """The scores as integers, their sign bit if negative ones are sign and magnitude, and a label for each."""

    x: NDArray[Any]
    sign: int
    infinite: int
    labels: NDArray[Any]

    @classmethod
    def of(cls, scores: Tensor, labels: Tensor) -> Rows:
        """A view of both."""
        dtype, sign = STORED[scores.dtype]
        top = torch.tensor(math.inf, dtype=scores.dtype).view(dtype).item() if sign else 0
        return cls(scores.detach().view(dtype).numpy(), sign, int(top), labels.detach().numpy())

    def parts(self, start: int, stop: int, step: int = PART) -> Iterator[tuple[NDArray[Any], int, NDArray[np.uint8]]]:
        """Rows as the kernels take them, contiguous and of at least 32 bits, and 1 for each positive."""
        for i in range(start, stop, step):
            x, labels = self.x[i : min(i + step, stop)], self.labels[i : min(i + step, stop)]
            positive = np.ascontiguousarray(labels) if labels.dtype == bool else labels != 0
            yield np.ascontiguousarray(x, i8 if x.itemsize == 8 else i4), self.sign, positive.view(np.uint8)

    def proper(self, start: int, positive: NDArray[np.uint8]) -> bool:
        """Whether in a part no score is nan, and all labels are 0 or 1."""
        x, labels = self.x[start : start + len(positive)], self.labels[start : start + len(positive)]
        if self.sign and (x & x.dtype.type(~self.sign)).max() > self.infinite:
            return False
        return labels.dtype == bool or np.count_nonzero(labels == 1) == np.count_nonzero(positive)


class Ranges(NamedTuple):
    """Range k holds the keys from (low + k) · 2ˢʰⁱᶠᵗ up; the first also what is below, the last what is above."""

    low: int
    shift: int
    number: int


def count_rows(rows: Rows, ranges: Ranges) -> NDArray[np.int32] | None:
    """How many negatives and positives of each piece are in each range; None if rows are not proper."""
    n = len(rows.x)
    pieces = max(1, min(4 * torch.get_num_threads(), n // GRAIN))
    counts = np.zeros((pieces, ranges.number, 2), i4)
    improper = []

    def piece(first: int, last: int) -> None:
        for k in range(first, last):
            start, stop = k * n // pieces, (k + 1) * n // pieces
            for i, part in zip(range(start, stop, PART), rows.parts(start, stop), strict=True):
                if not rows.proper(i, part[2]):
                    improper.append(i)
                    return
                count(*part, ranges.low, ranges.shift, counts[k].reshape(-1))

    parallel(piece, pieces, 1)
    return None if improper else counts


class Buckets(NamedTuple):
    """A cut into buckets: of each range its bucket, and of each bucket what follows."""

    ranges: Ranges
    bucket: NDArray[np.uint16]
    counts: NDArray[np.int64]
    """Negatives and positives."""
    offsets: NDArray[np.int64]
    """Where the rows of each piece go."""
    ends: NDArray[np.int64]
    bases: NDArray[np.uint64]
    """The least word, modulo 2⁶⁴."""


def buckets_of(rows: Rows) -> Buckets | None:
    """Cut into buckets; None if rows are not proper."""
    low, shift, _ = ranges = choose(rows)
    by_range = count_rows(rows, ranges)
    if by_range is None:
        return None
    sizes = by_range[:, :, 0] + by_range[:, :, 1]
    bucket, first = group(sizes.sum(0), -low)
    sizes = np.add.reduceat(sizes, first, axis=1)
    counts = np.add.reduceat(by_range.sum(0, i8), first)
    ends = sizes.sum(0).cumsum()
    offsets = ends - sizes.sum(0) + sizes.cumsum(0) - sizes
    bases = (low + first << shift).astype(u8) << u8(1)
    bases[0] = 0
    return Buckets(ranges, bucket, counts, offsets, ends, bases)


def sample(n: int) -> NDArray[np.int64]:
    """1024 of n rows, spread over all without a period."""
    i = np.arange(1024)
    return ((i + i * 0.6180339887 % 1) * (n / i.size)).astype(i8)


def choose(rows: Rows) -> Ranges:
    """Ranges that cover a sample but for its ends, with a border at key 0, so that none spans more than half of all."""
    n = len(rows.x)
    keys = np.unique(key_of(rows.x[sample(n)].astype(i8), rows.sign))
    trim = len(keys) // 256
    least, most = min(int(keys[trim]), -1), max(int(keys[-1 - trim]), 0)
    shift = min(63, max(0, (most - least).bit_length() - min(16, n.bit_length() - 6)))
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
