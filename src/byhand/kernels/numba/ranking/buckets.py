"""Divides rows into buckets of neighbouring scores, each small enough to be sorted in the cache.

A first pass counts how many rows fall into each of up to 2¹⁶ ranges of scores. A bucket is a group of neighbouring
ranges.

Three words are used in all files of this folder. A key is an integer for a score, and sorts as the score does. A label
is 1 for a positive row and 0 for a negative one. A word is 2 · key + label, in 32 or 64 bits.
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
"""For each dtype of scores: the integer dtype with its bits, and the sign bit of floating point, else 0."""

LABELS = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64}

GRAIN = 1 << 17  # rows that are worth a piece
PART = 1 << 15  # rows that are checked, and copied if necessary, at a time: they stay in the cache
BLOCK = 1024  # rows that are encoded at a time: they stay in the L1 cache


def key_of(x, sign):
    """The key of a score: an integer that sorts as the scores do, the same for −0 and 0."""
    minus = (x >> 63) & (sign >> 63)
    return (x ^ minus) - minus + (sign & minus)


key_in_kernel = jit()(key_of)


@jit()
def encode(x, sign, positive, low, shift, last, counters, words):
    """For each row of a block: the index of its counter, 2 · range + label, and its word."""
    for i in range(words.size):
        key = key_in_kernel(i8(x[i]), sign)
        label = i8(positive[i] != 0)
        k = key >> shift
        k = k if k > low else low  # before k − low, which might overflow
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
    """The bits of the scores as integers, the sign bit or 0, the bits of +∞ or 0, and the labels."""

    x: NDArray[Any]
    sign: int
    infinite: int
    labels: NDArray[Any]

    @classmethod
    def of(cls, scores: Tensor, labels: Tensor) -> Rows:
        """Views of scores and labels."""
        dtype, sign = STORED[scores.dtype]
        top = torch.tensor(math.inf, dtype=scores.dtype).view(dtype).item() if sign else 0
        return cls(scores.detach().view(dtype).numpy(), sign, int(top), labels.detach().numpy())

    def parts(self, start: int, stop: int, step: int = PART) -> Iterator[tuple[NDArray[Any], int, NDArray[np.uint8]]]:
        """Parts of the rows as the kernels take them: contiguous scores of at least 32 bits, and 1 for a positive."""
        for i in range(start, stop, step):
            x, labels = self.x[i : min(i + step, stop)], self.labels[i : min(i + step, stop)]
            positive = np.ascontiguousarray(labels) if labels.dtype == bool else labels != 0
            yield np.ascontiguousarray(x, i8 if x.itemsize == 8 else i4), self.sign, positive.view(np.uint8)

    def is_valid(self, start: int, positive: NDArray[np.uint8]) -> bool:
        """Whether no score of a part is nan, and all its labels are 0 or 1."""
        x, labels = self.x[start : start + len(positive)], self.labels[start : start + len(positive)]
        if self.sign and (x & x.dtype.type(~self.sign)).max() > self.infinite:
            return False
        return labels.dtype == bool or np.count_nonzero(labels == 1) == np.count_nonzero(positive)


class Ranges(NamedTuple):
    """Range k begins at key (low + k) · 2ˢʰⁱᶠᵗ. The first also takes all keys below, the last all keys above."""

    low: int
    shift: int
    number: int


def count_rows(rows: Rows, ranges: Ranges) -> NDArray[np.int32] | None:
    """Count the negatives and positives in each range, for each piece of the rows; None if rows are not valid."""
    n = len(rows.x)
    pieces = max(1, min(4 * torch.get_num_threads(), n // GRAIN))
    counts = np.zeros((pieces, ranges.number, 2), i4)
    invalid = []

    def piece(first: int, last: int) -> None:
        for k in range(first, last):
            start, stop = k * n // pieces, (k + 1) * n // pieces
            for i, part in zip(range(start, stop, PART), rows.parts(start, stop), strict=True):
                if not rows.is_valid(i, part[2]):
                    invalid.append(i)
                    return
                count(*part, ranges.low, ranges.shift, counts[k].reshape(-1))

    parallel(piece, pieces, 1)
    return None if invalid else counts


class Buckets(NamedTuple):
    """How rows are divided into buckets."""

    ranges: Ranges
    bucket: NDArray[np.uint16]
    """The bucket of each range."""
    counts: NDArray[np.int64]
    """The numbers of negatives and positives in each bucket."""
    offsets: NDArray[np.int64]
    """For each piece of the rows and each bucket: where the first word goes."""
    ends: NDArray[np.int64]
    """Where each bucket ends."""
    bases: NDArray[np.uint64]
    """The least word that each bucket can have, modulo 2⁶⁴."""


def buckets_of(rows: Rows) -> Buckets | None:
    """Divide rows into buckets; None if rows are not valid."""
    low, shift, _ = ranges = choose_ranges(rows)
    by_range = count_rows(rows, ranges)
    if by_range is None:
        return None
    sizes = by_range[:, :, 0] + by_range[:, :, 1]
    bucket, first = group_ranges(sizes.sum(0), -low)
    sizes = np.add.reduceat(sizes, first, axis=1)
    counts = np.add.reduceat(by_range.sum(0, i8), first)
    ends = sizes.sum(0).cumsum()
    offsets = ends - sizes.sum(0) + sizes.cumsum(0) - sizes
    bases = (low + first << shift).astype(u8) << u8(1)
    bases[0] = 0
    return Buckets(ranges, bucket, counts, offsets, ends, bases)


def sample(n: int) -> NDArray[np.int64]:
    """The indices of 1024 of n rows, spread over all without a period."""
    i = np.arange(1024)
    return ((i + i * 0.6180339887 % 1) * (n / i.size)).astype(i8)


def choose_ranges(rows: Rows) -> Ranges:
    """Ranges that cover a sample of the keys, without its lowest and highest 1/256.

    A border is at key 0, so that no range spans more than half of all keys.
    """
    n = len(rows.x)
    keys = np.unique(key_of(rows.x[sample(n)].astype(i8), rows.sign))
    trim = len(keys) // 256
    least, most = min(int(keys[trim]), -1), max(int(keys[-1 - trim]), 0)
    shift = min(63, max(0, (most - least).bit_length() - min(16, n.bit_length() - 6)))
    return Ranges(least >> shift, shift, (most >> shift) - (least >> shift) + 1)


def group_ranges(sizes: NDArray[np.int64], zero: int) -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """The bucket of each range, with a border at range ``zero``; and the first range of each bucket.

    A bucket gets about 2¹⁵ rows, or a thousandth of all rows if that is more.
    """
    middle = sizes.cumsum() - sizes // 2
    target = max(1 << 15, int(sizes.sum()) >> 10)
    bucket = middle // target
    bucket[zero:] += 1
    first = np.append(0, np.flatnonzero(bucket[1:] != bucket[:-1]) + 1)
    return np.repeat(np.arange(len(first), dtype=np.uint16), np.diff(first, append=len(bucket))), first
