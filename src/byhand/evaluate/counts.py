"""Counts of rows by key: the rows themselves while they fit into memory, then cells."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate.cells import COUNTERS, Cells

PAGES = 17  # bits of a page's number, at most
WORDS: tuple[tuple[int, type[np.unsignedinteger[Any]]], ...] = ((15, np.uint16), (31, np.uint32), (47, np.uint64))
"""The bits of a key within a page, and the dtype of 2 · those bits + label."""

GRAIN = 1 << 16  # rows or cells that are worth a piece for a thread
PENDING = 1 << 22  # rows that wait before they are added to cells: 2²² rows have many for each page


class Chunk(NamedTuple):
    """Rows, page by page."""

    pages: NDArray[np.int32]
    ends: NDArray[np.int64]
    words: NDArray[Any]
    weights: NDArray[np.int64]
    """Empty without weights."""


class Sums(NamedTuple):
    """What is known of a range of keys."""

    first: int
    """Its lowest key, and ``last`` the highest."""
    last: int
    negatives: int
    positives: int
    two_u: int
    """2U of pairs within the range whose order is known."""
    unknown: int
    """Pairs within the range whose order is not."""
    squares: tuple[float, float] = (0.0, 0.0)
    """Σ (V − centre)² of the positives and of the negatives (see `DeLong`)."""
    precision: tuple[float, float] = (0.0, 0.0)
    """The least and the most that it adds to average precision, times all positives."""


class KeyCounts:
    """The rows with keys from ``first`` to ``last``, in about ``memory`` bytes.

    Rows are kept as words of 2, 4 or 8 bytes, and 8 more for a weight, while they fit into ``memory``. Beyond, they are
    in cells of half of it. Neither depends on the order of rows, or on how they were split and merged.
    """

    def __init__(self, first: int, last: int, memory: int) -> None:
        self.first, self.last, self.memory = first, last, memory
        bits = (last - first).bit_length()
        self.low, dtype = next(row for row in WORDS if bits <= row[0] + PAGES)
        self.dtype = np.dtype(dtype)
        if (COUNTERS + self.dtype.itemsize) << self.low > memory // 2:  # no page could have a cell for each key
            self.low = max(0, bits - PAGES)
        self.pages = (last - first >> self.low) + 1
        self.bytes = 0
        self.chunks: list[Chunk] = []
        self.cells: Cells | None = None

    def divide(self, x: NDArray[Any], sign: int, positive: NDArray[np.uint8], weights: NDArray[np.int64]) -> Chunk:
        """The chunk of these rows; may run in several threads."""
        from byhand.kernels.numba.evaluate import pages

        words, heavy = np.empty(len(x), self.dtype), np.empty(len(weights), np.int64)
        found, ends = np.empty(min(len(x), self.pages), np.int32), np.empty(min(len(x), self.pages), np.int64)
        first, span = np.uint64(self.first), np.uint64(self.last - self.first)
        table = np.empty(self.pages, np.int32)
        n = pages.divide(x, sign, positive, weights, first, span, self.low, table, words, heavy, found, ends)
        size = int(ends[n - 1]) if n else 0
        if size < len(words):
            words, heavy = words[:size].copy(), heavy[:size].copy()
        return Chunk(found[:n].copy(), ends[:n].copy(), words, heavy)

    def add(self, chunk: Chunk) -> None:
        """Add the rows of a chunk."""
        if not len(chunk.words):
            return
        self.chunks.append(chunk)
        self.bytes += chunk.words.nbytes + chunk.weights.nbytes
        if self.bytes > self.memory and (
            self.cells is None or sum(len(chunk.words) for chunk in self.chunks) >= PENDING
        ):
            self.fold()

    def fold(self) -> None:
        """Add the rows that are kept to cells."""
        from byhand.kernels.numba.evaluate import pages
        from byhand.kernels.numba.runtime.pool import parallel

        if self.cells is None:
            self.cells = Cells(self.pages, self.low, self.dtype, self.memory // 2)
        if not self.chunks:
            return
        found, bounds, segments = _by_page(self.chunks)
        rows = self.cells.add_pages(found)
        cells, ranges = self.cells, _ranges(np.add.reduceat(segments[:, 2], bounds[:-1]))

        def piece(start: int, stop: int) -> None:
            begin, end = ranges[start], ranges[stop]
            pages.fold(segments, bounds, like, begin, end, rows, cells.shift, cells.cells, cells.only)

        like = np.empty(0, self.dtype)
        parallel(piece, len(ranges) - 1, 1)
        self.chunks = []

    def merge(self, other: KeyCounts) -> None:
        """Add the rows of another with the same range and memory."""
        self.bytes += other.bytes
        self.chunks += other.chunks
        if self.bytes > self.memory or other.cells is not None or self.cells is not None:
            self.fold()
        if self.cells is not None and other.cells is not None:
            self.cells.merge(other.cells)

    def settle(self) -> None:
        """Bring the rows that wait into cells, if there are cells."""
        if self.cells is not None:
            self.fold()

    def runs(self, page: int) -> tuple[NDArray[np.uint64], NDArray[np.int64], NDArray[np.bool_]]:
        """The runs of a page, ascending: lowest key, negatives and positives (m, 2), whether their order is unknown."""
        base = np.uint64(self.first + (page << self.low))
        if self.cells is not None:
            self.settle()
            cells, only = self.cells.cells[self.cells.rows[page]], self.cells.only[self.cells.rows[page]]
            found = np.flatnonzero(cells.any(1))
            unknown = cells[found].all(1) & (only[found] == self.cells.several)
            keys = np.where(only[found] == self.cells.several, found << self.cells.shift, only[found].astype(np.int64))
            return base + keys.astype(np.uint64), cells[found], unknown
        words, weights = self.rows_of(page)
        keys, of_key = np.unique(words >> words.dtype.type(1), return_inverse=True)
        counts = np.zeros((len(keys), 2), np.int64)
        np.add.at(counts, (of_key, (words & words.dtype.type(1)).astype(np.int64)), weights if len(weights) else 1)
        return base + keys.astype(np.uint64), counts, np.zeros(len(keys), bool)

    def coarse(self, memory: int) -> Cells:
        """The same rows in cells of ``memory`` bytes at most."""
        self.settle()
        if self.cells is None:
            counts = KeyCounts(self.first, self.last, 2 * memory)
            counts.chunks = list(self.chunks)
            counts.fold()
            assert counts.cells is not None
            return counts.cells
        cells = Cells(self.pages, self.low, self.dtype, memory)
        cells.merge(self.cells)
        return cells

    def rows_of(self, page: int) -> tuple[NDArray[Any], NDArray[np.int64]]:
        """The words of a page that are kept, ascending, and their weights, or nothing."""
        words, weights = [np.empty(0, self.dtype)], [np.empty(0, np.int64)]
        for chunk in self.chunks:
            k = int(np.searchsorted(chunk.pages, page))
            if k < len(chunk.pages) and chunk.pages[k] == page:
                part = slice(int(chunk.ends[k - 1]) if k else 0, int(chunk.ends[k]))
                words.append(chunk.words[part])
                weights.append(chunk.weights[part])
        a, v = np.concatenate(words), np.concatenate(weights)
        if not len(v):
            a.sort()
            return a, v
        order = np.lexsort((v, a))
        return a[order], v[order]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The content, as arrays that are the same for the same rows."""
        self.settle()
        if self.cells is not None:
            return self.cells.arrays()
        pages = np.unique(np.concatenate([np.empty(0, np.int32), *(chunk.pages for chunk in self.chunks)]))
        rows = [self.rows_of(page) for page in pages.tolist()]
        words = [np.empty(0, self.dtype), *(words for words, _ in rows)]
        weights = [np.empty(0, np.int64), *(weights for _, weights in rows)]
        ends = np.cumsum([len(words) for words, _ in rows], dtype=np.int64)
        return {"pages": pages, "ends": ends, "words": np.concatenate(words), "weights": np.concatenate(weights)}

    def restore(self, size: int, arrays: dict[str, NDArray[Any]]) -> None:
        """Set the content of empty counts to :meth:`arrays`, of ``size`` bytes of rows."""
        self.bytes = size
        if "cells" in arrays:
            self.cells = Cells(self.pages, self.low, self.dtype, self.memory // 2)
            self.cells.restore(arrays)
        elif len(arrays["words"]):
            self.chunks = [Chunk(arrays["pages"], arrays["ends"], arrays["words"], arrays["weights"])]

    def sums(self) -> list[Sums]:
        """The sums of each page that has rows, ascending, without moments."""
        found, sums, _ = self._each_page(None)
        parts = []
        for page, (neg, pos, high, low, unknown, less) in zip(found.tolist(), sums.tolist(), strict=True):
            first = self.first + (page << self.low)
            last = min(first + (1 << self.low) - 1, self.last)
            parts.append(Sums(first, last, neg, pos, high << 64 | low, unknown << 64 | less))
        return parts

    def moments(self, parts: list[Sums], below: tuple[int, int], totals: tuple[int, int], centre: float) -> list[Sums]:
        """The sums of each page with moments.

        Args:
            parts: what :meth:`sums` found.
            below: the weight of negatives and positives with lower keys than ``first``.
            totals: that of all.
            centre: AUC, or about.
        """
        counts = np.array([part[2:4] for part in parts], np.int64).reshape(-1, 2)
        at = np.array(below, np.int64) + counts.cumsum(0) - counts
        _, _, moments = self._each_page((at, np.array(totals, np.int64), centre))
        return [
            part._replace(squares=(a, b), precision=(c, d))
            for part, (a, b, c, d) in zip(parts, moments.tolist(), strict=True)
        ]

    def _each_page(self, about: Any) -> tuple[NDArray[Any], NDArray[Any], NDArray[Any]]:
        """The pages, their sums if ``about`` is None, and else their moments about it."""
        from byhand.kernels.numba.evaluate import sums as kernels
        from byhand.kernels.numba.runtime.pool import parallel

        self.settle()
        if self.cells is not None:
            found = self.cells.pages()
            sizes = np.full(len(found), 1 << self.cells.level)
        elif self.chunks:
            found, bounds, segments = _by_page(self.chunks)
            sizes = np.add.reduceat(segments[:, 2], bounds[:-1])
        else:
            found = sizes = np.empty(0, np.int64)
        sums, moments = np.zeros((len(found), 6), np.uint64), np.zeros((len(found), 4))
        at, totals, centre = about or (np.zeros((0, 2), np.int64), np.zeros(0, np.int64), 0.0)
        out = sums, at.copy(), totals, centre, moments
        ranges = _ranges(sizes)

        def piece(start: int, stop: int) -> None:
            begin, end = ranges[start], ranges[stop]
            if self.cells is not None:
                kernels.sum_cells(self.cells.cells, self.cells.only, self.cells.rows[found], begin, end, *out)
            else:
                kernels.sum_words(segments, bounds, np.empty(0, self.dtype), begin, end, *out)

        if len(found):
            parallel(piece, len(ranges) - 1, 1)
        return found, sums, moments


def _by_page(chunks: list[Chunk]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The pages, the first segment of each and the end, and the segments as the kernels take them."""
    from byhand.kernels.numba.runtime.memory import address_of

    pages, parts = np.concatenate([chunk.pages for chunk in chunks]), []
    for chunk in chunks:
        sizes = np.diff(chunk.ends, prepend=0)
        starts = chunk.ends - sizes
        weights = address_of(chunk.weights) + 8 * starts if len(chunk.weights) else np.zeros_like(starts)
        parts.append(np.stack([address_of(chunk.words) + chunk.words.itemsize * starts, weights, sizes], 1))
    order = pages.argsort(kind="stable")
    pages = pages[order].astype(np.int64)
    bounds = np.flatnonzero(np.append(np.diff(pages, prepend=-1), 1))
    return pages[bounds[:-1]], bounds, np.concatenate(parts)[order]


def _ranges(sizes: NDArray[np.int64]) -> list[int]:
    """Where to cut pages into ranges of about the same size, for threads: the ends, from 0; few rows are not cut."""
    total = sizes.cumsum()
    number = min(64, int(total[-1]) // GRAIN + 1) if len(total) else 1
    cuts = np.searchsorted(total, np.arange(1, number) * (int(total[-1]) / number)) if number > 1 else total[:0]
    return np.unique([0, *cuts.tolist(), len(sizes)]).tolist()  # type: ignore[no-any-return]
