"""ROC AUC: exact integers 2U and 2 · n₊ · n₋; :func:`byhand.metrics.roc_auc_score` divides them.

U is the Mann–Whitney statistic: the number of pairs whose positive has a higher score than the negative, where a tie
counts ½.

Bytes that must be moved for n scores of b = 4 or 8 bytes: n · (b + 1), to read each score and label once. Bytes that
are moved: n · (5b + 2). All rows are read twice: first to count how many fall into each of up to 2¹⁶ ranges of scores,
then to write each row, score and label in one word of b bytes, into a bucket of neighbouring ranges. A bucket fits in
the cache, where it is sorted and its pairs are counted; pairs of different buckets follow from the counts. The words
are all the memory taken, n · b bytes. Labels of other types than bool are read as they are, twice; rows are checked
while they are in the cache.

If one class is rare, only its scores are sorted: :mod:`byhand.kernels.numba.ranking.rare_class`. Scores of one or two
bytes are not sorted: each value has its own counter, and only n · (b + 1) bytes move.

The result is a sum of integers, and so the same for any order of rows and any number of threads. For weights see
:mod:`byhand.kernels.numba.ranking.weights`.
"""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand.kernels.numba.ranking.buckets import (
    BLOCK,
    GRAIN,
    LABELS,
    STORED,
    Ranges,
    Rows,
    buckets_of,
    count_rows,
    encode,
    key_in_kernel,
)
from byhand.kernels.numba.ranking.rare_class import INVALID, TOO_MANY, count_rare, rare_label
from byhand.kernels.numba.ranking.sort import count_pairs, count_segment, rebase, table_size
from byhand.kernels.numba.ranking.weights import weighted
from byhand.kernels.numba.runtime.blocks import empty
from byhand.kernels.numba.runtime.jit import kernel
from byhand.kernels.numba.runtime.memory import why_not
from byhand.kernels.numba.runtime.pool import parallel

i4, i8, u4, u8 = np.int32, np.int64, np.uint32, np.uint64

SERIAL = 1 << 17  # up to so many rows, one thread is fastest: it sorts them as two segments


@kernel()
def scatter(x, sign, positive, low, shift, bucket, offsets, out):
    """Write the word of each row into its bucket."""
    counters, words = np.empty(BLOCK, i4), np.empty_like(out[:BLOCK])
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        encode(x[i:], sign, positive[i:], low, shift, bucket.size - 1, counters, words[:size])
        for j in range(size):
            k = bucket[counters[j] >> 1]
            p = offsets[k]
            offsets[k] = p + 1
            out[p] = words[j]


@kernel()
def count_serially(x, sign, positive, words, table):
    """2U and the numbers of negatives and positives, by one thread.

    ``words`` has room for twice as many words as there are rows; ``table`` has :func:`table_size` counters.
    """
    n = x.size
    p, q = i8(0), n
    for i in range(n):
        key = key_in_kernel(i8(x[i]), sign)
        minus = i8(key < 0)  # without a branch: the sign is hard to predict
        q -= 1 - minus
        words[p if minus else q] = key << 1 | i8(positive[i] != 0)
        p += minus
    total = negatives = positives = i8(0)
    for k in range(2):
        a = words[p:n] if k else words[:p]
        if a.size:
            least, most = rebase(a, u8(0))
            pos, pairs_won = count_segment(a, least & ~u8(1), most, words[n:], table)
            total += pairs_won + 2 * pos * negatives
            positives += pos
            negatives += a.size - pos
    return total, negatives, positives


def roc_auc(scores: Tensor, positive: Tensor, weight: Tensor | None = None) -> tuple[float, float] | None:
    """2U and 2 · n₊ · n₋ of n scores, int without weights and float with them; 0 and 0 if there is one class only.

    ``positive`` holds bools or numbers. The result is None if one is neither 0 nor 1, or if a score is nan.
    """
    rows = Rows.of(scores, positive)
    n = len(rows.x)
    if weight is not None:
        return weighted(rows, weight.detach().numpy())
    if n <= SERIAL:
        for part in rows.parts(0, n, SERIAL):
            if not rows.is_valid(0, part[2]):
                return None
            words = np.empty(2 * n, u8 if part[0].itemsize == 8 else u4)
            two_u, negatives, positives = count_serially(*part, words, np.empty(table_size(n), i4))
            return two_u, 2 * negatives * positives
        return 0, 0
    rare = rare_label(rows)
    found = TOO_MANY if rare is None else count_rare(rows, rare)
    if found == INVALID:
        return None
    if isinstance(found, tuple):
        two_u, negatives, positives = found
        return two_u, 2 * negatives * positives
    if rows.x.itemsize <= 2:  # one range for each value
        values = 1 << 8 * rows.x.itemsize
        by_piece = count_rows(rows, Ranges(0 if rows.x.dtype == np.uint8 else -values // 2, 0, values))
        if by_piece is None:
            return None
        counts = by_piece.sum(0, i8)
        within = int(counts.prod(1).sum())
    else:
        sorted_rows = sort_rows(rows)
        if sorted_rows is None:
            return None
        counts, within = sorted_rows
    of_negatives, of_positives = counts.T
    below = of_negatives.cumsum() - of_negatives
    return within + 2 * int(of_positives @ below), 2 * int(of_negatives.sum()) * int(of_positives.sum())


def refuses(*tensors: Tensor) -> str:
    """Why the kernel can't take these tensors, or ``""``."""
    scores, positive, *weight = tensors
    if scores.dtype not in STORED or positive.dtype not in LABELS:
        return f"it takes scores of {', '.join(map(str, STORED))}, and bools or numbers"
    if any(w.dtype != torch.float64 for w in weight):
        return "it takes weights of torch.float64"
    if len(scores) >= 1 << 31:
        return "it takes less than 2³¹ rows"
    return why_not(*tensors)


def sort_rows(rows: Rows) -> tuple[NDArray[np.int64], int] | None:
    """Negatives and positives of each bucket, and 2U of the pairs within buckets; None if rows are not valid."""
    n, buckets = len(rows.x), buckets_of(rows)
    if buckets is None:
        return None
    wide = rows.x.itemsize == 8
    words = empty(n, torch.int64 if wide else torch.int32).numpy().view(u8 if wide else u4)
    pieces = len(buckets.offsets)

    def piece(start: int, stop: int) -> None:
        for k in range(start, stop):
            for part in rows.parts(k * n // pieces, (k + 1) * n // pieces):
                scatter(*part, buckets.ranges.low, buckets.ranges.shift, buckets.bucket, buckets.offsets[k], words)

    parallel(piece, pieces, 1)
    starts = buckets.ends - buckets.counts.sum(1)
    mixed = np.flatnonzero(buckets.counts.all(1))
    two_u = np.zeros(len(mixed), i8)
    arguments = words, starts[mixed], buckets.ends[mixed], buckets.bases[mixed]
    parallel(lambda start, stop: count_pairs(*arguments, start, stop, two_u), n, GRAIN)
    return buckets.counts, int(two_u.sum())
