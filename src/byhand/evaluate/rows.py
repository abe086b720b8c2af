"""Rows on their way into counts: checked, gathered while they are few, and divided into pages in threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate.batches import BadRow
from byhand.evaluate.counts import Chunk, KeyCounts
from byhand.evaluate.keys import Kind

PIECE = 1 << 19  # rows that are divided into pages at a time: fewer wait for others
TOGETHER = 16  # pieces that are divided before they are added: they take 64 MiB at most

Rows = tuple[NDArray[Any], NDArray[np.uint8], NDArray[np.int64]]
"""Scores as signed integers, labels, and weights or nothing."""


def cut(n: int) -> list[slice]:
    """The pieces of n rows."""
    return [slice(start, min(start + PIECE, n)) for start in range(0, n, PIECE)]


def for_each(parts: Sequence[slice], work: Callable[[int, slice], object]) -> None:
    """Call ``work(k, part)`` for the k-th part and all others, in threads."""
    from byhand.kernels.numba.runtime.pool import parallel

    def some(begin: int, stop: int) -> None:
        for k in range(begin, stop):
            work(k, parts[k])

    parallel(some, len(parts), 1)


def check_scores(x: NDArray[Any], kind: Kind, given: NDArray[Any]) -> None:
    """Look for nan.

    Raises:
        BadRow: the first one; its value is that in ``given``.
    """
    from byhand.kernels.numba.evaluate.pages import find_nan

    bad: list[int] = []

    def check(_: int, part: slice) -> None:
        if (row := find_nan(x[part], kind.sign, kind.infinite)) >= 0:
            bad.append(part.start + int(row))

    for_each(cut(len(x)), check)
    if bad:
        raise BadRow(min(bad), "scores", "a number", given[min(bad)])


def add_rows(counts: KeyCounts, rows: Rows, sign: int) -> None:
    """Divide rows into pages, in threads, and add them."""
    x, y, weights = rows
    parts = cut(len(x))
    for first in range(0, len(parts), TOGETHER):
        chunks: dict[int, Chunk] = {}

        def divide(k: int, part: slice, chunks: dict[int, Chunk] = chunks) -> None:
            chunks[k] = counts.divide(x[part], sign, y[part], weights[part])

        for_each(parts[first : first + TOGETHER], divide)
        for k in sorted(chunks):
            counts.add(chunks[k])


class Waiting:
    """Few rows at a time, until they are many."""

    def __init__(self) -> None:
        self.parts: list[Rows] = []
        self.number = 0

    def add(self, rows: Rows) -> None:
        """Copy some rows: their memory may be used again by others."""
        x, y, weights = rows
        self.parts.append((x.copy(), y.copy(), weights.copy()))
        self.number += len(x)

    def take(self) -> Rows:
        """All rows, which then no longer wait."""
        x, y, weights = (np.concatenate(columns) for columns in zip(*self.parts, strict=True))
        self.parts, self.number = [], 0
        return x, y, weights
