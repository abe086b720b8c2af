"""Divides rows into pages of neighbouring scores, and adds pages to cells of fixed size.

A key is an unsigned 64-bit integer that sorts as the scores do. A page is a range of keys: those with the same bits
above the lowest ``low``. A word is 2 · (the lowest ``low`` bits of the key) + label, in 16, 32 or 64 bits. A cell is a
range of keys within a page: those with the same ``level`` bits below the page's own.
"""

from __future__ import annotations

import numpy as np

from byhand.kernels.numba.ranking.buckets import key_in_kernel
from byhand.kernels.numba.runtime.jit import jit, kernel
from byhand.kernels.numba.runtime.memory import slice_at

i4, i8, u8 = np.int32, np.int64, np.uint64

BLOCK = 1024  # rows that are located at a time: they stay in the L1 cache
TOP = u8(1 << 63)


@jit()
def offset_in_kernel(x, sign, first):
    """How far the key of a score is above ``first``, modulo 2⁶⁴."""
    return (u8(key_in_kernel(i8(x), sign)) ^ TOP) - first


@jit()
def locate(x, sign, positive, first, span, low, page, words):
    """The page of each row of a block, or −1 if its key is out of range, and its word."""
    shift, mask = u8(low), (u8(1) << u8(low)) - u8(1)
    for i in range(page.size):
        offset = offset_in_kernel(x[i], sign, first)
        page[i] = i4(offset >> shift) if offset <= span else i4(-1)
        words[i] = (offset & mask) << u8(1) | u8(positive[i])


@jit()
def all_ones(like):
    """The largest number of an unsigned dtype: it marks a cell with several keys."""
    return ~u8(0) >> u8(64 - 8 * like.itemsize)


@kernel()
def find_nan(x, sign, infinite):
    """The first row whose score is nan, or −1; ``infinite`` is the bits of ∞."""
    if sign:
        for start in range(0, x.size, 4096):
            part = x[start : start + 4096]
            most = i8(0)
            for i in range(part.size):
                most = max(most, i8(part[i]) & ~sign)
            if most > infinite:
                for i in range(part.size):
                    if i8(part[i]) & ~sign > infinite:
                        return start + i
    return -1


@kernel()
def divide(x, sign, positive, weights, first, span, low, table, words, out_weights, pages, ends):
    """Write the words of rows page by page; rows with keys outside of ``first`` to ``first + span`` are left out.

    Args:
        x: (n,) scores, as signed integers with their bits.
        sign: the sign bit of floating point, else 0.
        positive: (n,) 1 for a positive row, else 0.
        weights: (n,) int64, or empty.
        first: the lowest key, uint64.
        span: the highest key less the lowest, uint64.
        low: the bits of a key within a page.
        table: room for a counter for each page, int32.
        words: (n,) out: the words.
        out_weights: (n,) out: the weights, or empty.
        pages: out: the pages that have rows, ascending.
        ends: out: where the words of each of them end.

    Returns:
        The number of pages that have rows.
    """
    for k in range(table.size):
        table[k] = 0
    page, block = np.empty(BLOCK, i4), np.empty_like(words[:BLOCK])
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        locate(x[i:], sign, positive[i:], first, span, low, page[:size], block)
        for j in range(size):
            if page[j] >= 0:
                table[page[j]] += 1
    found = 0
    total = 0
    for k in range(table.size):
        size = table[k]
        table[k] = total
        if size:
            total += size
            pages[found] = k
            ends[found] = total
            found += 1
    for i in range(0, x.size, BLOCK):
        size = min(BLOCK, x.size - i)
        locate(x[i:], sign, positive[i:], first, span, low, page[:size], block)
        for j in range(size):
            if page[j] >= 0:
                p = table[page[j]]
                table[page[j]] = p + 1
                words[p] = block[j]
                if weights.size:
                    out_weights[p] = weights[i + j]
    return found


@kernel()
def fold(segments, bounds, like, begin, stop, rows, shift, cells, only):
    """Add the words of pages ``begin`` to ``stop`` to their cells.

    Args:
        segments: (s, 3) int64: the address of words, that of their weights or 0, and their number; page by page.
        bounds: (pages + 1,): the first segment of each page.
        like: an empty array of the words' dtype.
        begin: the first page.
        stop: the page after the last.
        rows: (pages,) the row of cells of each page.
        shift: the bits of a key within a cell.
        cells: (rows, cells, 2) int64 out: the weight of negatives and of positives.
        only: (rows, cells) out: the key, within the page, of a cell's rows if they all have the same; else all ones.
    """
    several = all_ones(like)
    for page in range(begin, stop):
        row = rows[page]
        for k in range(bounds[page], bounds[page + 1]):
            words = slice_at(segments[k, 0], 0, segments[k, 2], like.dtype.type(0))
            weighted = segments[k, 1] != 0
            weights = slice_at(segments[k, 1], 0, segments[k, 2] if weighted else 0, i8(0))
            for i in range(words.size):
                word = u8(words[i])
                key = word >> u8(1)
                cell = i8(key >> u8(shift))
                if cells[row, cell, 0] + cells[row, cell, 1] == 0:
                    only[row, cell] = key
                elif u8(only[row, cell]) != key:
                    only[row, cell] = several
                cells[row, cell, i8(word & u8(1))] += weights[i] if weighted else 1
