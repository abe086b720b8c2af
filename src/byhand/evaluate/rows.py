"""Rows on their way into counts: checked, gathered while they are few, and divided into pages in threads."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate.batches import BadRow
from byhand.evaluate.counts import Chunk, KeyCounts
from byhand.evaluate.keys import Kind

PIECE = 1 << 20  # rows that are divided into pages at a time: fewer wait for others
TOGETHER = 8  # pieces that are divided before they are added: they take 64 MiB at most

Rows = tuple[NDArray[Any], NDArray[np.uint8], NDArray[np.int64]]
"""Scores as signed integers, labels, and weights or nothing."""


def check_scores(x: NDArray[Any], kind: Kind, given: NDArray[Any]) -> None:
    """Look for nan.

    Raises:
        BadRow: the first one; its value is that in ``given``.
    """
    from byhand.kernels.numba.evaluate.pages import find_nan
    from byhand.kernels.numba.runtime.pool import parallel

    starts = range(0, len(x), PIECE)
    bad: list[int] = []

    def check(begin: int, stop: int) -> None:
        for start in starts[begin:stop]:
            if (row := find_nan(x[start : start + PIECE], kind.sign, kind.infinite)) >= 0:
                bad.append(start + int(row))

    parallel(check, len(starts), 1)
    if bad:
        raise BadRow(min(bad), "scores", "a number", given[min(bad)])


def add_rows(counts: KeyCounts, rows: Rows, sign: int) -> None:
    """Divide rows into pages, in threads, and add them."""
    from byhand.kernels.numba.runtime.pool import parallel

    x, y, weights = rows
    starts = range(0, len(x), PIECE)
    for first in range(0, len(starts), TOGETHER):
        together = starts[first : first + TOGETHER]
        chunks: list[Chunk | None] = [None] * len(together)

        def piece(begin: int, stop: int, together: range = together, chunks: list[Chunk | None] = chunks) -> None:
            for k in range(begin, stop):
                part = slice(together[k], together[k] + PIECE)
                chunks[k] = counts.divide(x[part], sign, y[part], weights[part])

        parallel(piece, len(together), 1)
        for chunk in chunks:
            assert chunk is not None
            counts.add(chunk)


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
