"""Counts pairs by sorting words in place. The lowest bit of a word is the label, 1 for a positive; the rest is the key.

A bucket that is too large for the cache is first split in place into segments. A segment is sorted by its top 22 bits
in two passes of radix sort, and then by insertion sort, which for most data has almost nothing left to do; where it has
much, radix sort goes through all bits instead. If the keys of a segment have few possible values, they are counted in a
table instead. So the time is linear in the number of rows for any data, and the only extra memory is for the largest
segment.

Arithmetic is unsigned, in 64 bits; words of 32 bits are stored modulo 2³².
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.runtime.jit import jit, kernel

i4, i8, u8 = np.int32, np.int64, np.uint64

SPARSE = 6  # counters for each word, up to which a table is faster than sorting
MAX_INSERTION = 24  # up to so many words, only insertion sort
MAX_SEGMENT = 1 << 18  # a segment with more words is split
TABLE = 1 << 18  # counters of a table, at most
SPLIT = 8  # bits by which a segment is split
PARTS = 1 << SPLIT
STACK = 8 * PARTS  # segments on the stack, at most: a word of 64 bits can be split 8 times


@kernel()
def table_size(n):
    """How many counters the table for n words needs."""
    return max(4096, min(TABLE, SPARSE * n))


@jit()
def rebase(a, base):
    """Subtract ``base`` modulo 2³² or 2⁶⁴; return the least and the greatest word after that."""
    for i in range(a.size):
        a[i] = a[i] - base
    least = most = a[0]
    for i in range(a.size):
        v = a[i]
        least = v if v < least else least
        most = v if v > most else most
    return u8(least), u8(most)


@jit()
def bit_length(x):
    """The number of bits of x, without leading zeros."""
    n = 0
    while n < 64 and x >> u8(n):
        n += 1
    return n


@jit()
def insertion_sort(a, budget):
    """Insertion sort; stops and returns False if it moves more than ``budget`` words."""
    for i in range(1, a.size):
        v = a[i]
        j = i
        while j > 0 and a[j - 1] > v:
            a[j] = a[j - 1]
            j -= 1
        if j < i:
            a[j] = v
            budget -= i - j
            if budget < 0:
                return False
    return True


@jit()
def radix_sort(a, b, least, low, bits, table):
    """Stable radix sort by two digits of a − least, ``bits`` each, from bit ``low`` up."""
    t1, t2 = u8(low), u8(min(low + bits, 63))
    size = 1 << bits
    mask = u8(size - 1)
    for k in range(2 * size):
        table[k] = 0
    for i in range(a.size):
        v = a[i] - least
        table[i8((v >> t1) & mask)] += 1
        table[size + i8((v >> t2) & mask)] += 1
    p = q = i8(0)
    for k in range(size):
        x, y = table[k], table[size + k]
        table[k], table[size + k] = p, q
        p, q = p + x, q + y
    for i in range(a.size):
        v = a[i]
        d = i8(((v - least) >> t1) & mask)
        b[table[d]] = v
        table[d] += 1
    for i in range(a.size):
        v = b[i]
        d = size + i8(((v - least) >> t2) & mask)
        a[table[d]] = v
        table[d] += 1


@jit()
def count_sorted(a):
    """The number of positives and 2U of sorted words.

    2U counts each negative below a positive twice, and each negative with the same key once.
    """
    total = positives = below = negatives = i8(0)
    last = ~u8(0)  # differs from any key, which has one bit less
    for i in range(a.size):
        v = u8(a[i])
        key, label = v >> u8(1), i8(v & u8(1))
        below = below if key == last else negatives
        total += (below + negatives) & -label
        positives += label
        negatives += label ^ 1
        last = key
    return positives, total


@jit()
def count_by_table(a, least, size, table):
    """As :func:`count_sorted`, of words in any order with a − least < size; ``least`` is even."""
    for k in range(size):
        table[k] = 0
    for i in range(a.size):
        table[i8(a[i] - least)] += 1
    total = positives = negatives = i8(0)
    for k in range(0, size, 2):
        neg, pos = table[k], table[k + 1]
        total += pos * (2 * negatives + neg)
        positives += pos
        negatives += neg
    return positives, total


@jit()
def split(a, least, low, ends):
    """Permute words in place so that (a − least) >> low ascends; write to ``ends`` where its parts end.

    Source: McIlroy, Bostic & McIlroy, Engineering radix sort, 1993 (American flag sort).
    """
    t = u8(low)
    heads = np.empty(PARTS, i8)
    for d in range(PARTS):
        heads[d] = 0
    for i in range(a.size):
        heads[i8((a[i] - least) >> t)] += 1
    p = 0
    for d in range(PARTS):
        p += heads[d]
        ends[d] = p
        heads[d] = p - heads[d]
    for d in range(PARTS):
        while heads[d] < ends[d]:
            v = a[heads[d]]
            to = i8((v - least) >> t)
            while to != d:
                p = heads[to]
                heads[to] = p + 1
                u = a[p]
                a[p] = v
                v = u
                to = i8((v - least) >> t)
            a[heads[d]] = v
            heads[d] += 1


@jit()
def count_segment(a, least, most, scratch, table):
    """The number of positives and 2U of words that fit in ``scratch``."""
    spread = most - least | u8(1)
    if a.size <= MAX_INSERTION:
        insertion_sort(a, MAX_INSERTION * MAX_INSERTION)
    elif spread < u8(min(SPARSE * a.size, table.size)):
        return count_by_table(a, least, i8(spread) + 1, table)
    else:
        bits = 6 if a.size < 192 else 8 if a.size < 4096 else 11
        width = bit_length(spread)
        low = max(0, width - 2 * bits)
        radix_sort(a, scratch, least, low, bits, table)
        if low and not insertion_sort(a, 8 * a.size):
            for again in range(0, width, 2 * bits):
                radix_sort(a, scratch, least, again, bits, table)
    return count_sorted(a)


@kernel()
def count_pairs(words, starts, ends, bases, first, stop, two_u):
    """2U of each bucket that starts between ``first`` and ``stop``; its words may have any order, and are permuted."""
    largest = 0
    for k in range(bases.size):
        if first <= starts[k] < stop:
            largest = max(largest, ends[k] - starts[k])
    scratch = np.empty_like(words[: min(largest, MAX_SEGMENT)])
    table = np.empty(table_size(largest), i4)
    parts = np.empty(PARTS, i8)
    stack = np.empty(2 * STACK if largest > MAX_SEGMENT else 2, i8)
    for k in range(bases.size):
        if not first <= starts[k] < stop:
            continue
        base = bases[k]
        total = negatives = i8(0)
        stack[0], stack[1], waiting = starts[k], ends[k], 1
        while waiting:
            waiting -= 1
            start, end = stack[2 * waiting], stack[2 * waiting + 1]
            a = words[start:end]
            least, most = rebase(a, base)
            least = least & ~u8(1)
            base = u8(0)
            if a.size > MAX_SEGMENT and most - least >= u8(TABLE):
                split(a, least, bit_length(most - least) - SPLIT, parts)
                for d in range(PARTS - 1, -1, -1):  # pushes the lowest last, so that it is popped first
                    before = parts[d - 1] if d else 0
                    if before < parts[d]:
                        stack[2 * waiting], stack[2 * waiting + 1] = start + before, start + parts[d]
                        waiting += 1
                continue
            positives, within = count_segment(a, least, most, scratch, table)
            total += within + 2 * positives * negatives
            negatives += a.size - positives
        two_u[k] = total
