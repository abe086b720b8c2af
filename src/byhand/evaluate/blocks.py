"""Rows on their way into the AUCs of groups: divided into blocks of groups as they come, then sorted block by block.

In one go, each row would be written outside of the cache. Bytes that must be moved, and that memory grows by: 4 and a
score for each row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate.keys import Kind, for_kernel
from byhand.evaluate.rows import cut, for_each

BLOCKS = 256  # a power of 2: so many can be written to at a time
FEW = 1 << 14  # rows that are worth a thread
MANY = 1 << 12  # numbers without a group that are worth their room


class FarApart(ValueError):
    """The numbers of groups are much more than the rows."""


def most_numbers(rows: int) -> int:
    """How many numbers groups of so many rows may have, for the sake of counters without rows."""
    return 4 * rows + MANY


class Blocks:
    """The groups of some rows, and one column of scores.

    Args:
        rows: how many there will be.
        kind: of the scores.
        first: the number of a group; others are less than :func:`most_numbers` away from it.
    """

    def __init__(self, rows: int, kind: Kind, first: int) -> None:
        self.kind, self._reach = kind, most_numbers(rows)
        self._first = (first - self._reach) % (1 << 64)
        self._places: NDArray[np.uint32] = np.empty(rows, np.uint32)
        self._scores: NDArray[Any] | None = None
        self._rows = 0
        self._starts: list[int] = []
        self._ends: list[NDArray[np.int64]] = []
        self._range = 2 * self._reach, 0

    def add(self, groups: NDArray[Any], positive: NDArray[np.uint8], x: NDArray[Any]) -> None:
        """Add (n,) numbers of groups, labels 0 or 1, and scores as signed integers, see :func:`keys.stored`.

        Raises:
            FarApart: the numbers are further from each other than they may.
        """
        from byhand.kernels.numba.evaluate.groups import divide

        scores = self._scores = np.empty(len(self._places), x.dtype) if self._scores is None else self._scores
        groups, begin, parts = for_kernel(groups), self._rows, cut(len(x))
        ends, ranges, first = np.zeros((len(parts), BLOCKS), np.int64), [self._range], np.uint64(self._first)

        def work(k: int, part: slice) -> None:
            to = slice(begin + part.start, begin + part.stop)
            rows = groups[part], positive[part], x[part]
            low, high = divide(*rows, first, self._places[to], scores[to], ends[k])
            ranges.append((int(low), int(high)))

        for_each(parts, work)
        self._range = min(low for low, _ in ranges), max(high for _, high in ranges)
        if self._range[1] - self._range[0] >= self._reach:
            raise FarApart
        self._starts += [begin + part.start for part in parts]
        self._ends += list(ends)
        self._rows += len(x)

    @property
    def first(self) -> int:
        """The number of the group that comes first in what :meth:`each` gives; it may have no rows."""
        return ((self._first + self._range[0] // BLOCKS * BLOCKS + (1 << 63)) % (1 << 64)) - (1 << 63)

    def each(self, use: Callable[[int, NDArray[np.int64], NDArray[np.int64]], None]) -> None:
        """Call ``use(block, sizes, two_u)`` for each block, in threads; without rows for none.

        ``sizes`` are (n, 2) negatives and positives of groups, and ``two_u`` their (n,) 2U; both are used again.
        Entry i is group i · :data:`BLOCKS` + block, counted from :attr:`first`.
        """
        from byhand.kernels.numba.evaluate.groups import count_pairs_of_groups, sort_block
        from byhand.kernels.numba.runtime.pool import parallel

        if self._scores is None or not self._rows:
            return
        places, scores = self._places, self._scores
        stops = np.stack(self._ends, 1)
        rows = np.diff(stops, axis=0, prepend=0)  # of each block in each piece
        stops += np.array(self._starts)
        starts, most = stops - rows, rows.sum(1)
        lowest, highest = (number // BLOCKS for number in self._range)

        def sort(begin: int, stop: int) -> None:
            keys = np.empty(int(most[begin:stop].max()), scores.dtype)
            sizes = np.empty((highest - lowest + 1, 2), np.int64)
            ends, two_u = np.empty_like(sizes), np.empty(len(sizes), np.int64)
            for k in range(begin, stop):
                sort_block(places, scores, self.kind.sign, starts[k], stops[k], np.uint32(lowest), sizes, ends, keys)
                count_pairs_of_groups(keys, ends, two_u)
                use(k, sizes, two_u)

        parallel(sort, BLOCKS, max(1, BLOCKS * FEW // self._rows))
