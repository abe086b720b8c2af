"""Count pairs by sorting words in place: a word is a key with the label, 1 for a positive, as its lowest bit.

What is sorted are segments that stay in the cache: by their top 22 bits in two passes, which for most data leaves
next to nothing for the insertion sort that follows; where it does not, by all bits. A segment that holds more rows
than half the keys it could is counted in a table, one that is too large is split in place. So the time is linear in
the number of rows, whatever they are, and no memory is taken but that of the largest segment.

Arithmetic is unsigned, in 64 bits; what is stored is the remainder modulo 2³² where words have 32 bits.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.runtime.jit import jit, kernel

i4, i8, u8 = np.int32, np.int64, np.uint64

SPARSE = 6  # counters a word that are still cheaper than sorting
FEW = 24  # words that insertion sorts
CROWD = 1 << 18  # more words than this are split
TABLE = 1 << 18
SPLIT = 8  # bits
PARTS = 1 << SPLIT
WAITING = 8 * PARTS  # a word of 64 bits can be split 8 times


@kernel()
def table_size(n):
    """How many counters n words may need."""
    return max(4096, min(TABLE, SPARSE * n))


@jit()
def rebase(a, base):
    """Subtract ``base`` modulo 2³² or 2⁶⁴; the least and the greatest word after that."""
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
    """How many bits x has."""
    n = 0
    while n < 64 and x >> u8(n):
        n += 1
    return n


@jit()
def settle(a, budget):
    """Insertion sort; False if it would move more than ``budget`` words."""
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
def radix(a, b, least, low, bits, table):
    """Sort by two digits of a − least, ``bits`` each, from bit ``low`` up; the order within is kept."""
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
def pairs(a):
    """Positives and 2U of sorted words: a positive gets the negatives below it twice, and once those it ties with."""
    two = positives = below = negatives = i8(0)
    last = ~u8(0)  # no key: a key has a bit less
    for i in range(a.size):
        v = u8(a[i])
        key, label = v >> u8(1), i8(v & u8(1))
        below = below if key == last else negatives
        two += (below + negatives) & -label
        positives += label
        negatives += label ^ 1
        last = key
    return positives, two


@jit()
def tabled_pairs(a, least, size, table):
    """The same of words in any order, which are less than ``size`` above an even ``least``."""
    for k in range(size):
        table[k] = 0
    for i in range(a.size):
        table[i8(a[i] - least)] += 1
    two = positives = negatives = i8(0)
    for k in range(0, size, 2):
        neg, pos = table[k], table[k + 1]
        two += pos * (2 * negatives + neg)
        positives += pos
        negatives += neg
    return positives, two


@jit()
def split(a, least, low, ends):
    """Permute in place so that (a − least) >> low ascends; ``ends`` are where the parts end.

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
def segment(a, least, most, scratch, table):
    """Positives and 2U of words that fit in ``scratch``."""
    spread = most - least | u8(1)
    if a.size <= FEW:
        settle(a, FEW * FEW)
    elif spread < u8(min(SPARSE * a.size, table.size)):
        return tabled_pairs(a, least, i8(spread) + 1, table)
    else:
        bits = 6 if a.size < 192 else 8 if a.size < 4096 else 11
        width = bit_length(spread)
        low = max(0, width - 2 * bits)
        radix(a, scratch, least, low, bits, table)
        if low and not settle(a, 8 * a.size):
            for again in range(0, width, 2 * bits):
                radix(a, scratch, least, again, bits, table)
    return pairs(a)


@kernel()
def count_pairs(words, starts, ends, bases, first, stop, two_u):
    """2U of each bucket that starts in first…stop; its words come in any order and are permuted."""
    largest = 0
    for k in range(bases.size):
        if first <= starts[k] < stop:
            largest = max(largest, ends[k] - starts[k])
    scratch = np.empty_like(words[: min(largest, CROWD)])
    table = np.empty(table_size(largest), i4)
    parts = np.empty(PARTS, i8)
    stack = np.empty(2 * WAITING if largest > CROWD else 2, i8)
    for k in range(bases.size):
        if not first <= starts[k] < stop:
            continue
        base = bases[k]
        two = negatives = i8(0)
        stack[0], stack[1], waiting = starts[k], ends[k], 1
        while waiting:
            waiting -= 1
            start, end = stack[2 * waiting], stack[2 * waiting + 1]
            a = words[start:end]
            least, most = rebase(a, base)
            least = least & ~u8(1)
            base = u8(0)
            if a.size > CROWD and most - least >= u8(TABLE):
                split(a, least, bit_length(most - least) - SPLIT, parts)
                for d in range(PARTS - 1, -1, -1):  # the lowest comes on top
                    before = parts[d - 1] if d else 0
                    if before < parts[d]:
                        stack[2 * waiting], stack[2 * waiting + 1] = start + before, start + parts[d]
                        waiting += 1
                continue
            positives, won = segment(a, least, most, scratch, table)
            two += won + 2 * positives * negatives
            negatives += a.size - positives
        two_u[k] = two
