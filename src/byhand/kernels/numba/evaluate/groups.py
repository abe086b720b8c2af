"""2U of each of many groups."""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.evaluate.pages import TOP
from byhand.kernels.numba.evaluate.sums import add_product, sort_words
from byhand.kernels.numba.ranking.buckets import key_in_kernel
from byhand.kernels.numba.runtime.jit import jit, kernel

f8, i4, i8, u4, u8 = np.float64, np.int32, np.int64, np.uint32, np.uint64

ONE = 2.0**60
FEW_PAIRS = 1 << 14  # so few are compared one by one: that is faster than to sort the rows


@jit()
def slot_of(name, slots, names):
    """Where the number of a name is in a hash table of numbers, or would be; −1 is a free slot."""
    mask = u8(slots.size - 1)
    h = (name * u8(0x9E3779B97F4A7C15)) >> u8(32) & mask  # multiplicative hashing
    while slots[h] >= 0 and names[slots[h]] != name:
        h = (h + u8(1)) & mask
    return h


@kernel()
def number_groups(groups, codes, names):
    """Number groups in the order in which they come; return how many there are.

    Args:
        groups: (n,) uint64.
        codes: (n,) int32 out: the number of each row's group.
        names: (n,) uint64 out: the groups by their numbers.
    """
    slots = np.full(1 << 12, -1, i4)
    found = 0
    for i in range(groups.size):
        h = slot_of(groups[i], slots, names)
        if slots[h] < 0:
            names[found] = groups[i]
            slots[h] = found
            found += 1
            if 2 * found > slots.size:
                codes[i] = found - 1
                slots = np.full(4 * slots.size, -1, i4)
                for k in range(found):
                    slots[slot_of(names[k], slots, names)] = k
                continue
        codes[i] = slots[h]
    return found


@kernel()
def divide(groups, positive, x, first, places, scores, ends):
    """Write rows block by block: a block is the groups whose numbers end in the same bits.

    Args:
        groups: (n,) integers.
        positive: (n,) 1 or 0.
        x: (n,) scores, as signed integers with their bits.
        first: uint64, which is subtracted from groups, modulo 2⁶⁴; that leaves their numbers.
        places: (n,) uint32 out: 2 · the number of the group within its block + label.
        scores: (n,) out.
        ends: (2ᵇ,) zeros; out: where the rows of each block end.

    Returns:
        The lowest and the highest number of a group.
    """
    mask, shift = u8(ends.size - 1), u8(0)
    while u8(1) << shift < ends.size:
        shift += u8(1)
    lowest, highest = ~u8(0), u8(0)
    for i in range(groups.size):
        number = u8(groups[i]) - first
        lowest, highest = min(lowest, number), max(highest, number)
        ends[number & mask] += 1
    total = i8(0)
    for block in range(ends.size):
        size = ends[block]
        ends[block] = total
        total += size
    for i in range(groups.size):
        number = u8(groups[i]) - first
        p = ends[number & mask]
        ends[number & mask] = p + 1
        places[p] = u4((number >> shift) << u8(1) | u8(positive[i]))
        scores[p] = x[i]
    return lowest, highest


@kernel()
def sort_block(places, scores, sign, starts, stops, lowest, sizes, ends, keys):
    """Write the keys of a block's rows group by group, the negatives of each first.

    A block is small enough that what is counted and written at random stays in the cache.

    Args:
        places: as :func:`divide` writes them.
        scores: likewise.
        sign: the sign bit of floating point, else 0.
        starts: (pieces,) the block's first row in each piece that was divided.
        stops: (pieces,) the row after its last.
        lowest: the number, within the block, of the first group in ``sizes``.
        sizes: (groups, 2) out: the negatives and positives of each group.
        ends: (groups, 2) out: where the keys of each end.
        keys: (rows of the block,) out, of the scores' dtype: integers that sort as the scores do.
    """
    sizes[:] = 0
    for piece in range(starts.size):
        for i in range(starts[piece], stops[piece]):
            sizes[(places[i] >> u4(1)) - lowest, places[i] & u4(1)] += 1
    at = 0
    for group in range(sizes.shape[0]):
        for label in range(2):
            ends[group, label] = at
            at += sizes[group, label]
    for piece in range(starts.size):
        for i in range(starts[piece], stops[piece]):
            group, label = (places[i] >> u4(1)) - lowest, places[i] & u4(1)
            p = ends[group, label]
            ends[group, label] = p + 1
            keys[p] = key_in_kernel(i8(scores[i]), sign)


@jit()
def compare_all(low, high):
    """2U of the keys of negatives and of positives, in any order."""
    total = i8(0)
    for i in range(high.size):
        key, wins = high[i], i4(0)
        for j in range(low.size):
            wins = i4(wins + i4(low[j] < key) + i4(low[j] <= key))
        total += wins
    return total


@jit()
def compare_sorted(low, high):
    """The same of ascending keys."""
    total = i8(0)
    below = to = 0
    for i in range(high.size):
        while below < low.size and low[below] < high[i]:
            below += 1
        to = max(to, below)
        while to < low.size and low[to] == high[i]:
            to += 1
        total += below + to
    return total


@jit()
def sort_keys(keys, words, scratch, table):
    """Write the keys to words, ascending."""
    for i in range(keys.size):
        words[i] = u8(i8(keys[i])) ^ TOP
    sort_words(words, scratch[: keys.size], table)


@kernel()
def count_pairs_of_groups(keys, ends, two_u):
    """2U of groups; the keys of a group's negatives, then of its positives, end at ``ends``."""
    table = np.empty(1 << 12, i4)
    largest = begin = i8(0)
    for group in range(ends.shape[0]):
        neg, pos = ends[group, 0] - begin, ends[group, 1] - ends[group, 0]
        begin = ends[group, 1]
        if neg * pos > FEW_PAIRS:
            largest = max(largest, neg + pos)
    words, scratch = np.empty(largest, u8), np.empty(largest, u8)
    begin = i8(0)
    for group in range(ends.shape[0]):
        low, high = keys[begin : ends[group, 0]], keys[ends[group, 0] : ends[group, 1]]
        begin = ends[group, 1]
        if low.size * high.size <= FEW_PAIRS:
            two_u[group] = compare_all(low, high)
            continue
        low_words, high_words = words[: low.size], words[low.size : low.size + high.size]
        sort_keys(low, low_words, scratch, table)
        sort_keys(high, high_words, scratch, table)
        two_u[group] = compare_sorted(low_words, high_words)


@kernel()
def add_groups(two_u, sizes, sums, numbers):
    """Add the AUC of each group, in multiples of 2⁻⁶⁰, times its weight.

    Args:
        two_u: (groups,) float64.
        sizes: (groups, 2) negatives and positives, or their weights.
        sums: (6,) uint64 out, two words each: Σ AUC, Σ rows · AUC, Σ positives · AUC.
        numbers: (5,) int64 out: groups with both classes, their rows and positives; groups with one class, their rows.
    """
    for group in range(two_u.size):
        neg, pos = sizes[group, 0], sizes[group, 1]
        if neg and pos:
            auc = u8(min(1.0, two_u[group] / (2.0 * f8(neg) * f8(pos))) * ONE + 0.5)
            add_product(sums, 0, auc, u8(1))
            add_product(sums, 2, auc, u8(neg + pos))
            add_product(sums, 4, auc, u8(pos))
            numbers[0] += 1
            numbers[1] += neg + pos
            numbers[2] += pos
        elif neg + pos:
            numbers[3] += 1
            numbers[4] += neg + pos
