"""What a page of scores adds to AUC, to its variance and to average precision.

A page's rows are sorted, or counted in a table, and go on as runs: a run is the weight of the negatives and of the
positives with one score, or in one cell. Whole numbers of 128 bits are two of 64.

The bytes that must be moved are the words, once: n · 2 for scores of up to 32 bits, n · 8 for those of 64. That is what
is moved, since a page is worked on in the cache; the second call, for the variance, moves them again.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.evaluate.pages import all_ones
from byhand.kernels.numba.ranking.sort import bit_length, insertion_sort, radix_sort
from byhand.kernels.numba.ranking.weights import sort_bucket
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import slice_at

f8, i4, i8, u8 = np.float64, np.int32, np.int64, np.uint64

RUNS = 2048  # runs that are found, then used, at a time: they stay in the L1 cache
TABLE = 1 << 16  # counters for all words of 16 bits
FEW = 1 << 12  # so few words of 16 bits are sorted faster than a table of all is read
HALF = u8(0xFFFFFFFF)


@jit()
def add_product(sums, at, a, b):
    """Add a · b, of 64 bits each, to the 128 bits of sums[at] and sums[at + 1], the high ones first."""
    a_low, a_high = a & HALF, a >> u8(32)
    b_low, b_high = b & HALF, b >> u8(32)
    middle = a_high * b_low + ((a_low * b_low) >> u8(32))
    other = a_low * b_high + (middle & HALF)
    low = sums[at + 1] + a * b
    carry = u8(1) if low < sums[at + 1] else u8(0)
    sums[at] += a_high * b_high + (middle >> u8(32)) + (other >> u8(32)) + carry
    sums[at + 1] = low


@jit()
def add_pairs(runs, m, sums):
    """Add m ascending runs to the sums of a page, which :func:`sum_words` describes."""
    for i in range(m):
        neg, pos, several = u8(runs[i, 0]), u8(runs[i, 1]), runs[i, 2]
        if several and neg and pos:
            add_product(sums, 2, pos, u8(2) * sums[0])
            add_product(sums, 4, pos, neg)
        else:
            add_product(sums, 2, pos, u8(2) * sums[0] + neg)
        sums[0] += neg
        sums[1] += pos


@jit()
def add_table(table, sums):
    """The same of a table of counters, which is cleared, of fewer than 2³² rows without weights: 2U fits in 64 bits.

    Without branches: where many counters are 0, they would be mispredicted.
    """
    negatives = positives = two_u = u8(0)
    for i in range(0, table.size, 2):
        neg, pos = u8(table[i]), u8(table[i + 1])
        two_u += pos * (u8(2) * negatives + neg)
        negatives += neg
        positives += pos
        table[i] = table[i + 1] = 0
    sums[0] += negatives
    sums[1] += positives
    add_product(sums, 2, two_u, u8(1))


@jit()
def add_moments(runs, m, at, totals, centre, moments):
    """Add m ascending runs to the squares of the placements about ``centre``, and to the bounds of average precision.

    ``at`` is the weight of negatives and positives below, of the whole log, and advances; ``totals`` is that of all.
    """
    per_negative, per_positive = 1.0 / f8(totals[0]), 1.0 / f8(totals[1])
    for i in range(m):
        neg, pos, several = f8(runs[i, 0]), f8(runs[i, 1]), runs[i, 2]
        v = (f8(at[0]) + 0.5 * neg) * per_negative - centre
        at[0] += runs[i, 0]
        at[1] += runs[i, 1]
        n_above, p_above = f8(totals[0] - at[0]), f8(totals[1] - at[1])
        w = (p_above + 0.5 * pos) * per_positive - centre
        moments[0] += pos * v * v
        moments[1] += neg * w * w
        if pos:
            best = (p_above + pos) / (p_above + n_above + pos + (0.0 if several else neg))
            worst = best
            if several:  # the negatives come first, and then one positive after the other
                above = p_above + n_above + neg
                worst = p_above / above if above else best
            moments[2] += pos * worst
            moments[3] += pos * best


@jit()
def gather(segments, first, last, like, words, weights):
    """Copy the words of a page, and their weights if they have any, to the buffers."""
    n = 0
    for k in range(first, last):
        part = slice_at(segments[k, 0], 0, segments[k, 2], like.dtype.type(0))
        weighted = segments[k, 1] != 0
        heavy = slice_at(segments[k, 1], 0, segments[k, 2] if weighted else 0, i8(0))
        for i in range(part.size):
            words[n + i] = u8(part[i])
            if weighted:
                weights[n + i] = heavy[i]
        n += part.size
    return n


@jit()
def sort_words(a, b, table):
    """Sort words; b is a buffer of the same size.

    Two digits from the top leave almost nothing to do for most data; where they leave much, all digits are sorted.
    """
    if a.size <= 24:
        insertion_sort(a, a.size * a.size)
        return
    least = most = a[0]
    for i in range(a.size):
        least, most = min(least, a[i]), max(most, a[i])
    bits = 6 if a.size < 192 else 8 if a.size < 4096 else 11
    width = bit_length(most - least)
    low = max(0, width - 2 * bits)
    radix_sort(a, b, least, low, bits, table)
    if low and not insertion_sort(a, 8 * a.size):
        for again in range(0, width, 2 * bits):
            radix_sort(a, b, least, again, bits, table)


@jit()
def runs_of_sorted(words, weights, start, runs):
    """Fill ``runs`` from sorted words, beginning at ``start``; return their number and where the next one begins."""
    m, i = 0, start
    while i < words.size and m < runs.shape[0]:
        key = words[i] >> u8(1)
        runs[m, 0] = runs[m, 1] = runs[m, 2] = 0
        while i < words.size and words[i] >> u8(1) == key:
            runs[m, i8(words[i] & u8(1))] += weights[i] if weights.size else 1
            i += 1
        m += 1
    return m, i


@jit()
def runs_of_table(table, start, runs):
    """The same from a table of counters, which is cleared."""
    m, i = 0, start
    while i < table.size and m < runs.shape[0]:
        neg, pos = table[i], table[i + 1]
        if neg | pos:
            runs[m, 0], runs[m, 1], runs[m, 2] = neg, pos, 0
            table[i] = table[i + 1] = 0
            m += 1
        i += 2
    return m, i


@jit()
def runs_of_cells(cells, only, start, runs):
    """The same from cells; the third number of a run says whether its cell has several keys, of unknown order."""
    several = all_ones(only)
    m, i = 0, start
    while i < only.size and m < runs.shape[0]:
        neg, pos = cells[i, 0], cells[i, 1]
        if neg | pos:
            runs[m, 0], runs[m, 1] = neg, pos
            runs[m, 2] = u8(only[i]) == several
            m += 1
        i += 1
    return m, i


@jit()
def fill_table(segments, first, last, like, table):
    """Add the weights of a page's words to the table."""
    for k in range(first, last):
        part = slice_at(segments[k, 0], 0, segments[k, 2], like.dtype.type(0))
        if segments[k, 1]:
            heavy = slice_at(segments[k, 1], 0, segments[k, 2], i8(0))
            for i in range(part.size):
                table[i8(part[i])] += heavy[i]
        else:
            for i in range(part.size):
                table[i8(part[i])] += 1


@kernel()
def sum_words(segments, bounds, like, begin, stop, sums, at, totals, centre, moments):
    """The sums of pages ``begin`` to ``stop`` of words.

    Args:
        segments: (s, 3) int64, page by page: the address of words, that of their weights or 0, and their number.
        bounds: (pages + 1,): the first segment of each page.
        like: an empty array of the words' dtype.
        begin: the first page.
        stop: the page after the last.
        sums: (pages, 6) uint64 out: negatives, positives, 2U (two words) and pairs of unknown order (two words); 2U is
            that of the pairs of known order.
        at: (pages, 2) the weight of negatives and positives below each page.
        totals: (2,) that of all, or empty: then no moments.
        centre: AUC, about which placements are squared.
        moments: (pages, 4) out: squares of the positives' and the negatives' placements, and the least and the most
            that the page can add to average precision, times the positives.
    """
    largest = 0
    weighted = tabled = False
    for page in range(begin, stop):
        size = 0
        for k in range(bounds[page], bounds[page + 1]):
            size += segments[k, 2]
            weighted |= segments[k, 1] != 0
        dense = like.itemsize == 2 and size > FEW
        tabled, largest = tabled | dense, max(largest, 0 if dense else size)
    table = np.zeros(TABLE if tabled else 0, i8)
    digits = np.empty(1 << 12, i4)
    a, b = np.empty(largest, u8), np.empty(largest, u8)
    v, u = np.empty(largest if weighted else 0, i8), np.empty(largest if weighted else 0, i8)
    runs = np.empty((RUNS, 3), i8)
    for page in range(begin, stop):
        first, last = bounds[page], bounds[page + 1]
        size = 0
        for k in range(first, last):
            size += segments[k, 2]
        dense = like.itemsize == 2 and size > FEW
        words, weights = a[:size], v[:size]
        if dense:
            fill_table(segments, first, last, like, table)
            if not (weighted or totals.size or size >> 32):
                add_table(table, sums[page])
                continue
        else:
            gather(segments, first, last, like, words, weights)
            if not weighted:
                sort_words(words, b[:size], digits)
            elif sort_bucket(words, weights, b[:size], u[:size], u8(0)):
                words, weights = b[:size], u[:size]
        i = 0
        end = table.size if dense else size
        while i < end:
            m, i = runs_of_table(table, i, runs) if dense else runs_of_sorted(words, weights, i, runs)
            if totals.size:
                add_moments(runs, m, at[page], totals, centre, moments[page])
            else:
                add_pairs(runs, m, sums[page])


@kernel()
def sum_cells(cells, only, rows, begin, stop, sums, at, totals, centre, moments):
    """The same of pages of cells; ``rows`` has the row of cells of each page."""
    runs = np.empty((RUNS, 3), i8)
    for page in range(begin, stop):
        i = 0
        while i < only.shape[1]:
            m, i = runs_of_cells(cells[rows[page]], only[rows[page]], i, runs)
            if totals.size:
                add_moments(runs, m, at[page], totals, centre, moments[page])
            else:
                add_pairs(runs, m, sums[page])
