"""Cells: the weight of negatives and positives in each of many small ranges of keys, in bounded memory."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNTERS = 16  # bytes of the two counters of a cell


class Cells:
    """Pages of 2ˡᵉᵛᵉˡ cells each, as many levels as fit into ``memory``.

    A level is lost when a new page no longer fits. So the level depends on which pages have rows, and not on their
    order or on how they were split.

    Attributes:
        rows: (pages,) the row of cells of each page, −1 without rows.
        used: how many pages have rows.
        cells: (room, 2ˡᵉᵛᵉˡ, 2) the weight of negatives and of positives.
        only: (room, 2ˡᵉᵛᵉˡ) the key, within the page, of the cell's rows if all have the same, else all ones. It tells
            ties from rows of unknown order.
    """

    def __init__(self, pages: int, low: int, dtype: Any, memory: int) -> None:
        self.low, self.dtype, self.memory = low, np.dtype(dtype), memory
        self.rows: NDArray[np.int64] = np.full(pages, -1, np.int64)
        self.used = 0
        self.level = min(low, self._level_for(1))
        self._allocate()

    @property
    def several(self) -> int:
        """The mark of a cell with several keys."""
        return int(np.iinfo(self.dtype).max)

    @property
    def shift(self) -> int:
        """The bits of a key within a cell: 0 if each cell is one score."""
        return self.low - self.level

    def add_pages(self, pages: NDArray[np.int64]) -> NDArray[np.int64]:
        """Make room for these pages, at a lower level if need be; return their rows of cells."""
        new = pages[self.rows[pages] < 0]
        level = min(self.level, self._level_for(self.used + len(new)))
        while self.level > level:
            self._halve(to=level)
        self.rows[new] = np.arange(self.used, self.used + len(new))
        self.used += len(new)
        return self.rows[pages]

    def pages(self) -> NDArray[np.int64]:
        """The pages that have rows, ascending."""
        return np.flatnonzero(self.rows >= 0)

    def merge(self, other: Cells) -> None:
        """Add the cells of another with the same pages."""
        pages = other.pages()
        rows = self.add_pages(pages)
        for k in range(0, len(pages), 64):
            mine, theirs = rows[k : k + 64], other.rows[pages[k : k + 64]]
            cells, only = other.cells[theirs], other.only[theirs]
            for _ in range(other.level - self.level):
                cells, only = _halved(cells, only, self.several)
            if other.level < self.level:
                self._halve(to=other.level)
            self.only[mine] = _common(self.cells[mine], self.only[mine], cells, only, self.several)
            self.cells[mine] += cells

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The pages, and their cells in that order: the same for the same content."""
        pages = self.pages()
        return {"pages": pages, "cells": self.cells[self.rows[pages]], "only": self.only[self.rows[pages]]}

    def restore(self, arrays: dict[str, NDArray[Any]]) -> None:
        """Set the content of empty cells to that of :meth:`arrays`."""
        level = arrays["only"].shape[1].bit_length() - 1
        if level < self.level:
            self._halve(to=level)
        rows = self.add_pages(arrays["pages"])
        self.cells[rows], self.only[rows] = arrays["cells"], arrays["only"]

    def _level_for(self, pages: int) -> int:
        """The highest level at which so many pages fit; 0 at least."""
        cells = self.memory // (max(pages, 1) * (COUNTERS + int(self.dtype.itemsize)))
        return max(0, cells.bit_length() - 1)

    def _allocate(self) -> None:
        """Zeros, which take memory only when they are written."""
        room = self.memory // ((COUNTERS + self.dtype.itemsize) << self.level) if self.level else len(self.rows)
        room = max(1, min(len(self.rows), room))
        self.cells = np.zeros((room, 1 << self.level, 2), np.int64)
        self.only = np.zeros((room, 1 << self.level), self.dtype)

    def _halve(self, to: int) -> None:
        cells, only = self.cells, self.only
        steps, self.level = self.level - to, to
        self._allocate()
        for start in range(0, self.used, 16):
            rows = slice(start, min(start + 16, self.used))
            part = cells[rows], only[rows]
            for _ in range(steps):
                part = _halved(*part, self.several)
            self.cells[rows], self.only[rows] = part


def _halved(cells: NDArray[Any], only: NDArray[Any], several: int) -> tuple[NDArray[Any], NDArray[Any]]:
    """Neighbouring cells joined."""
    left, right = cells[:, ::2], cells[:, 1::2]
    return left + right, _common(left, only[:, ::2], right, only[:, 1::2], several)


def _common(
    cells: NDArray[Any], only: NDArray[Any], others: NDArray[Any], theirs: NDArray[Any], several: int
) -> NDArray[Any]:
    """The one key of two cells together, or ``several``."""
    joined = np.where(only == theirs, only, only.dtype.type(several))
    joined = np.where(others.any(-1), joined, only)
    return np.where(cells.any(-1), joined, np.where(others.any(-1), theirs, only.dtype.type(0)))
