"""Count pairs where one class is rare: its scores alone are sorted, each of the others is looked up among them.

What is looked up is how many of the rare keys are less than a key. The span of the rare keys is cut into cells, each
cell into slots, more where more of them lie: 16 to 32 for each. A slot is a bit, set if a rare key lies in it; 64 are a
word, beside which stands how many rare keys come before it. That number and the bits set below a key's slot are the
answer, unless the slot's own bit is set: such a key is put aside, and compared with the few of its word.

Bytes that move for n scores of b bytes and labels of a bytes: 2n · (a + b), for all are read twice.
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
from byhand.kernels.numba.runtime.memory import span, widest
from byhand.kernels.numba.runtime.pool import parallel

i4, i8, u8 = np.int32, np.int64, np.uint64

FEW = 8  # at most one row in so many is of the rare class
SLOTS = 16
CELLS = 12  # bits
BLOCK = 1024  # rows that are looked at at a time: they stay in the first-level cache
SCAN = 32  # keys that are sooner compared one by one

IMPROPER, MANY = -1, -2


@intrinsic
def ones(typingctx, x):
    """In a kernel: how many bits of x are set."""
    return types.uint64(types.uint64), lambda context, builder, signature, args: builder.ctpop(args[0])


@jit()
def proper(x, sign, infinite, labels):
    """Whether no score is nan, and all labels are 0 or 1."""
    widest()
    bad = False
    for i in range(x.size):
        bad |= (labels[i] != 0) & (labels[i] != 1)
    if sign:
        for i in range(x.size):
            bad |= (x[i] & ~sign) > infinite
    return not bad


@kernel()
def pick(x, sign, infinite, labels, rare, keys):
    """The keys of the rows whose label is ``rare``: how many; or IMPROPER; or MANY, where ``keys`` has no more room."""
    n = 0
    for i in range(0, x.size, BLOCK):
        part, marks = span(x, i, i + BLOCK), span(labels, i, i + BLOCK)
        if not proper(part, sign, infinite, marks):
            return IMPROPER
        if keys.size - n < BLOCK:
            return MANY
        for j in range(part.size):
            if (marks[j] != 0) == rare:  # so seldom that the branch is foreseen
                keys[n] = key_in_kernel(i8(part[j]), sign)
                n += 1
    return n


@jit()
def cell_of(key, least, shift, last):
    """The cell of a key: 0 if it comes before all rare keys, ``last`` if it comes after."""
    c = (u8(key) - u8(least) >> shift) + u8(1)
    c = c if c < last else last
    return u8(0) if key < least else c


@kernel()
def cut(keys, shift, cells):
    """Of each cell 64 times its first slot, and by how much its keys are shifted; how many words the slots are."""
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
    """The slot of a key of cell c."""
    inside = u8(key) - u8(least) & (u8(1) << shift) - u8(1)
    return (cells[c] >> u8(6)) + (inside >> (cells[c] & u8(63)))


@kernel()
def fill(keys, shift, cells, table):
    """The words: slots in use; and after each how many keys come before it.

    Where a slot is in use already the next that is not is taken instead, so that as many are set as there are keys; all
    are set in a word where none is left.
    """
    for w in range(table.size):
        table[w] = 0
    for j in range(keys.size):
        key, least = i8(keys[j]), i8(keys[0])
        slot = slot_of(key, cell_of(key, least, shift, u8(cells.size - 1)), least, shift, cells)
        w, place = slot >> u8(6) << u8(1), slot & u8(63)
        while place < 64 and table[w] >> place & u8(1):
            place += u8(1)
        table[w] = table[w] | u8(1) << place if place < 64 else ~u8(0)
        table[w + u8(3)] += u8(1)
    for w in range(3, table.size, 2):
        table[w] += table[w - 2]


@jit()
def place(x, sign, labels, rare, least, shift, last, keys, cells, counts):
    """The key of each row of a block, its cell, and 1 if it is not one of the rare."""
    widest()
    for i in range(x.size):
        keys[i] = key_in_kernel(i8(x[i]), sign)
        cells[i] = cell_of(keys[i], least, shift, last)
        counts[i] = i8((labels[i] != 0) != rare)


@kernel()
def look_up(x, sign, labels, rare, ranked, shift, cells, table):
    """Σ (rare keys less than a key, and those not greater) over the rows that are not rare; how many were put aside."""
    keys, at, counts, aside = np.empty(BLOCK, i8), np.empty(BLOCK, u8), np.empty(BLOCK, i8), np.empty(BLOCK, i8)
    least, last, total, slow = i8(ranked[0]), u8(cells.size - 1), i8(0), 0
    for i in range(0, x.size, BLOCK):
        part = span(x, i, i + BLOCK)
        place(part, sign, span(labels, i, i + BLOCK), rare, least, shift, last, keys, at, counts)
        n = 0
        for j in range(part.size):
            slot = slot_of(keys[j], at[j], least, shift, cells)
            w, bit = slot >> u8(6) << u8(1), slot & u8(63)
            hit = i8(table[w] >> bit & u8(1))
            less = i8(table[w + u8(1)] + ones(table[w] & (u8(1) << bit) - u8(1)))
            total += 2 * less & (hit - 1)
            aside[n] = j  # no branch: it would not be foreseen
            n += hit & counts[j]  # the rare ones themselves all hit
        slow += n
        for k in range(n):
            j = aside[k]
            w = slot_of(keys[j], at[j], least, shift, cells) >> u8(6) << u8(1)
            total += less_than(ranked, i8(table[w + u8(1)]), i8(table[w + u8(3)]), keys[j])
    return total, slow


@jit()
def less_than(ranked, low, high, key):
    """How many keys are less, plus how many are not greater, known of all but those from ``low`` to ``high``."""
    if high - low > SCAN:
        return first_from(ranked, low, high, key, False) + first_from(ranked, low, high, key, True)
    n = 2 * low
    for j in range(low, high):
        n += i8(ranked[j] < key) + i8(ranked[j] <= key)
    return n


@jit()
def first_from(ranked, low, high, key, beyond):
    """The first of the keys from ``low`` to ``high`` that is not less, or that is ``beyond``, greater."""
    while low < high:
        middle = (low + high) // 2
        if ranked[middle] < key or (beyond and ranked[middle] == key):
            low = middle + 1
        else:
            high = middle
    return low


def rare_label(rows: Rows) -> int | None:
    """The label of few of the rows, as far as a sample tells."""
    if rows.x.itemsize <= 2 or not (rows.x.flags.c_contiguous and rows.labels.flags.c_contiguous):
        return None
    positives = np.count_nonzero(rows.labels[sample(len(rows.x))])
    return int(positives < 512) if min(positives, 1024 - positives) <= 1024 // FEW else None


def count_few(rows: Rows, rare: int) -> tuple[int, int, int] | int:
    """2U, negatives and positives; or IMPROPER, if rows are not; or MANY, if this is not the way to count them."""
    n = len(rows.x)
    rows = rows._replace(labels=rows.labels.view(np.uint8)) if rows.labels.dtype == bool else rows
    found: list[NDArray[Any]] = []
    failed: list[int] = []

    def of_piece(start: int, stop: int) -> None:
        keys = np.empty((stop - start) // FEW * 2 + 2 * BLOCK, rows.x.dtype)
        many = pick(rows.x[start:stop], rows.sign, rows.infinite, rows.labels[start:stop], bool(rare), keys)
        failed.append(many) if many < 0 else found.append(keys[:many])

    parallel(of_piece, n, GRAIN)
    if failed:
        return max(failed)
    ranked = np.sort(np.concatenate(found))
    few = len(ranked)
    total = look_up_all(rows, bool(rare), ranked) if few else 0
    if total is None:
        return MANY
    return (2 * few * (n - few) - total, n - few, few) if rare else (total, few, n - few)


def look_up_all(rows: Rows, rare: bool, ranked: NDArray[Any]) -> int | None:
    """What :func:`look_up` adds up, of all rows; None if the rare keys lie too close together to be told apart."""
    span_of = int(ranked[-1]) - int(ranked[0])
    shift = max(0, span_of.bit_length() - CELLS)
    cells = np.empty((span_of >> shift) + 3, u8)
    table = np.empty(2 * cut(ranked, u8(shift), cells) + 2, u8)
    fill(ranked, u8(shift), cells, table)
    index = rare, ranked, u8(shift), cells, table
    some = sample(len(rows.x))
    if look_up(rows.x[some], rows.sign, rows.labels[some], *index)[1] > len(some) // 2:
        return None
    totals: list[int] = []

    def of_piece(start: int, stop: int) -> None:
        totals.append(look_up(rows.x[start:stop], rows.sign, rows.labels[start:stop], *index)[0])

    parallel(of_piece, len(rows.x), GRAIN)
    return sum(totals)
