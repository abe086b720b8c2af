"""Counts pairs when one class is rare: only its keys are sorted, and each key of the other class is ranked by a bitmap.

The rank of a key is the number of rare keys less than it. The interval of the rare keys is divided into equal cells,
and each cell into slots, 16 to 32 for each of its rare keys. The bitmap has a bit for each slot, set if a rare key is
in it. The table holds the bitmap's words of 64 bits, and beside each word the number of rare keys before it. The rank
is this number plus the popcount of the bits below the slot of the key. If the bit of the slot itself is set, that is
not exact: the key is put aside, and compared with the rare keys of its word.

Bytes moved for n scores of b bytes and labels of a bytes: 2n · (a + b), because everything is read twice.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic
from numpy.typing import NDArray

from byhand.kernels.numba.ranking.buckets import GRAIN, Rows, key_in_kernel, sample
from byhand.kernels.numba.ranking.sort import bit_length
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import span, widest_vectors
from byhand.kernels.numba.runtime.pool import parallel

i4, i8, u8 = np.int32, np.int64, np.uint64

RARE = 8  # at most one row in 8 is of the rare class
SLOTS = 16  # for each rare key of a cell, at least
CELLS = 12  # bits of the number of cells
BLOCK = 1024  # rows that are processed at a time: they stay in the L1 cache
SCAN = 32  # up to so many keys, a linear search is faster than a binary one

INVALID, TOO_MANY = -1, -2


@intrinsic
def popcount(typingctx, x):
    """In a kernel: the number of bits of x that are set."""
    return types.uint64(types.uint64), lambda context, builder, signature, args: builder.ctpop(args[0])


@jit()
def is_valid(x, sign, infinite, labels):
    """Whether no score is nan and all labels are 0 or 1."""
    widest_vectors()
    bad = False
    for i in range(x.size):
        bad |= (labels[i] != 0) & (labels[i] != 1)
    if sign:
        for i in range(x.size):
            bad |= (x[i] & ~sign) > infinite
    return not bad


@kernel()
def collect_keys(x, sign, infinite, labels, rare, keys):
    """Write the keys of the rows with label ``rare`` to ``keys``.

    Returns how many, or INVALID, or TOO_MANY if ``keys`` is full.
    """
    n = 0
    for i in range(0, x.size, BLOCK):
        part, marks = span(x, i, i + BLOCK), span(labels, i, i + BLOCK)
        if not is_valid(part, sign, infinite, marks):
            return INVALID
        if keys.size - n < BLOCK:
            return TOO_MANY
        for j in range(part.size):
            if (marks[j] != 0) == rare:  # so rarely true that the branch is well predicted
                keys[n] = key_in_kernel(i8(part[j]), sign)
                n += 1
    return n


@jit()
def cell_of(key, least, shift, last):
    """The cell of a key: 0 if it is before all rare keys, ``last`` if it is after all of them."""
    c = (u8(key) - u8(least) >> shift) + u8(1)
    c = c if c < last else last
    return u8(0) if key < least else c


@kernel()
def make_cells(keys, shift, cells):
    """Compute for each cell 64 · its first slot + the shift of its keys; return the number of words of the table."""
    j, slots = 0, u8(0)
    for c in range(cells.size):
        begin = j
        while j < keys.size and cell_of(i8(keys[j]), i8(keys[0]), shift, u8(cells.size - 1)) == c:
            j += 1
        bits = min(i8(shift), bit_length(u8(SLOTS * (j - begin)))) if j > begin else 0
        cells[c] = slots << u8(6) | (shift - u8(bits) if j > begin else u8(63))
        slots += u8(max(64, 1 << bits))
    return i8(slots >> u8(6))


@jit()
def slot_of(key, c, least, shift, cells):
    """The slot of a key in cell c."""
    inside = u8(key) - u8(least) & (u8(1) << shift) - u8(1)
    return (cells[c] >> u8(6)) + (inside >> (cells[c] & u8(63)))


@kernel()
def fill_table(keys, shift, cells, table):
    """Fill the table: words of 64 slots alternate with the number of keys before each word.

    A key whose slot is taken takes the next free slot, so that the number of bits set is the number of keys. If no slot
    of the word is free, all its bits are set.
    """
    for w in range(table.size):
        table[w] = 0
    for j in range(keys.size):
        key, least = i8(keys[j]), i8(keys[0])
        slot = slot_of(key, cell_of(key, least, shift, u8(cells.size - 1)), least, shift, cells)
        w, bit = slot >> u8(6) << u8(1), slot & u8(63)
        while bit < 64 and table[w] >> bit & u8(1):
            bit += u8(1)
        table[w] = table[w] | u8(1) << bit if bit < 64 else ~u8(0)
        table[w + u8(3)] += u8(1)
    for w in range(3, table.size, 2):
        table[w] += table[w - 2]


@jit()
def keys_and_cells(x, sign, labels, rare, least, shift, last, keys, cells, counts):
    """For each row of a block: its key, its cell, and 1 if it is not of the rare class."""
    widest_vectors()
    for i in range(x.size):
        keys[i] = key_in_kernel(i8(x[i]), sign)
        cells[i] = cell_of(keys[i], least, shift, last)
        counts[i] = i8((labels[i] != 0) != rare)


@kernel()
def look_up(x, sign, labels, rare, rare_keys, shift, cells, table):
    """Σ (rare keys < key) + (rare keys ≤ key) over the rows of the other class; and how many of them were put aside."""
    keys, cells_of_keys = np.empty(BLOCK, i8), np.empty(BLOCK, u8)
    counts, aside = np.empty(BLOCK, i8), np.empty(BLOCK, i8)
    least, last, total, n_aside = i8(rare_keys[0]), u8(cells.size - 1), i8(0), 0
    for i in range(0, x.size, BLOCK):
        part = span(x, i, i + BLOCK)
        keys_and_cells(part, sign, span(labels, i, i + BLOCK), rare, least, shift, last, keys, cells_of_keys, counts)
        n = 0
        for j in range(part.size):
            slot = slot_of(keys[j], cells_of_keys[j], least, shift, cells)
            w, bit = slot >> u8(6) << u8(1), slot & u8(63)
            hit = i8(table[w] >> bit & u8(1))
            less = i8(table[w + u8(1)] + popcount(table[w] & (u8(1) << bit) - u8(1)))
            total += 2 * less & (hit - 1)
            aside[n] = j  # without a branch, which could not be predicted
            n += hit & counts[j]  # rows of the rare class always hit, and do not count
        n_aside += n
        for k in range(n):
            j = aside[k]
            w = slot_of(keys[j], cells_of_keys[j], least, shift, cells) >> u8(6) << u8(1)
            total += less_than(rare_keys, i8(table[w + u8(1)]), i8(table[w + u8(3)]), keys[j])
    return total, n_aside


@jit()
def less_than(rare_keys, low, high, key):
    """The number of keys < ``key`` plus the number ≤ ``key``.

    Keys before ``low`` are known to be less, keys from ``high`` on to be greater.
    """
    if high - low > SCAN:
        return first_from(rare_keys, low, high, key, False) + first_from(rare_keys, low, high, key, True)
    n = 2 * low
    for j in range(low, high):
        n += i8(rare_keys[j] < key) + i8(rare_keys[j] <= key)
    return n


@jit()
def first_from(rare_keys, low, high, key, beyond):
    """Binary search: the first key from ``low`` to ``high`` that is not less; if ``beyond``, that is greater."""
    while low < high:
        middle = (low + high) // 2
        if rare_keys[middle] < key or (beyond and rare_keys[middle] == key):
            low = middle + 1
        else:
            high = middle
    return low


def rare_label(rows: Rows) -> int | None:
    """The label of the rare class according to a sample; None if there is no rare class."""
    if rows.x.itemsize <= 2 or not (rows.x.flags.c_contiguous and rows.labels.flags.c_contiguous):
        return None
    positives = np.count_nonzero(rows.labels[sample(len(rows.x))])
    return int(positives < 512) if min(positives, 1024 - positives) <= 1024 // RARE else None


def count_rare(rows: Rows, rare: int) -> tuple[int, int, int] | int:
    """2U, negatives and positives; or INVALID, if rows are not valid; or TOO_MANY, if the class is not rare enough."""
    n = len(rows.x)
    rows = rows._replace(labels=rows.labels.view(np.uint8)) if rows.labels.dtype == bool else rows
    found: list[NDArray[Any]] = []
    failed: list[int] = []

    def of_piece(start: int, stop: int) -> None:
        keys = np.empty((stop - start) // RARE * 2 + 2 * BLOCK, rows.x.dtype)
        count = collect_keys(rows.x[start:stop], rows.sign, rows.infinite, rows.labels[start:stop], bool(rare), keys)
        failed.append(count) if count < 0 else found.append(keys[:count])

    parallel(of_piece, n, GRAIN)
    if failed:
        return max(failed)
    rare_keys = np.sort(np.concatenate(found))
    n_rare = len(rare_keys)
    total = look_up_all(rows, bool(rare), rare_keys) if n_rare else 0
    if total is None:
        return TOO_MANY
    return (2 * n_rare * (n - n_rare) - total, n - n_rare, n_rare) if rare else (total, n_rare, n - n_rare)


def look_up_all(rows: Rows, rare: bool, rare_keys: NDArray[Any]) -> int | None:
    """The sum of :func:`look_up` over all rows; None if too many keys share a slot with a rare key."""
    span_of = int(rare_keys[-1]) - int(rare_keys[0])
    shift = max(0, span_of.bit_length() - CELLS)
    cells = np.empty((span_of >> shift) + 3, u8)
    table = np.empty(2 * make_cells(rare_keys, u8(shift), cells) + 2, u8)
    fill_table(rare_keys, u8(shift), cells, table)
    index = rare, rare_keys, u8(shift), cells, table
    sampled = sample(len(rows.x))
    if look_up(rows.x[sampled], rows.sign, rows.labels[sampled], *index)[1] > len(sampled) // 2:
        return None
    totals: list[int] = []

    def of_piece(start: int, stop: int) -> None:
        totals.append(look_up(rows.x[start:stop], rows.sign, rows.labels[start:stop], *index)[0])

    parallel(of_piece, len(rows.x), GRAIN)
    return sum(totals)
