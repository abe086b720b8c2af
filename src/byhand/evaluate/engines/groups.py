"""GAUC of a log: groups of any size and number, in bounded memory.

While the rows fit in :data:`MEMORY`, they are kept, and the core sorts them by group. Beyond, DuckDB sorts
them by group and score, on disk where it must, and hands them over in order: then a group needs a few numbers only,
however large it is. Rows with weights always come so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate import GroupAuc
from byhand.evaluate.batches import UNIT, in_units
from byhand.evaluate.blocks import Blocks, FarApart
from byhand.evaluate.keys import for_kernel, kind_of, stored
from byhand.evaluate.reading.log import Log
from byhand.evaluate.reading.refused import Refused

if TYPE_CHECKING:
    from byhand.kernels.numba.evaluate.numbering import Numbering

MEMORY = 512 << 20
"""Bytes of rows that are kept."""


def group_areas(
    log: Log, rows: int, progress: Callable[[int], None] = lambda rows: None, memory: int = MEMORY
) -> list[GroupAuc]:
    """GAUC of each model of a log that has this many rows."""
    models = len(log.columns.scores)
    log.number_groups()
    if log.columns.weight is None and bytes_of(rows, models) <= memory:
        return _together(log, rows, progress)
    return [_in_order(log, model, progress) for model in range(models)]


def bytes_of(rows: int, models: int) -> int:
    """What kept rows take at most: for each model the group with the label, and the score."""
    return rows * (4 + 8) * models


def _together(log: Log, rows: int, progress: Callable[[int], None]) -> list[GroupAuc]:
    """All rows at once. If the numbers of groups are far apart, they are read again, and groups get other numbers."""
    try:
        return _kept(log, rows, progress, None)
    except FarApart:
        from byhand.kernels.numba.evaluate.numbering import Numbering

        return _kept(log, rows, progress, Numbering())


def _kept(log: Log, rows: int, progress: Callable[[int], None], numbering: Numbering | None) -> list[GroupAuc]:
    blocks: list[Blocks] = []
    done = 0
    for batch in log.batches(grouped=True):
        assert batch.groups is not None
        groups = batch.groups
        if numbering is not None:
            groups = groups.astype(np.int64)
            numbering.replace(groups)
        blocks = blocks or [Blocks(rows, kind_of(scores), int(groups[0])) for scores in batch.scores]
        done += len(groups)
        if done > rows:
            break
        for model, scores in enumerate(batch.scores):
            blocks[model].add(groups, for_kernel(batch.positives(model)), stored(scores, kind_of(scores)))
        progress(done)
    if done != rows:
        raise Refused("changed", file=log.files.paths[0])
    states = [GroupAuc() for _ in log.columns.scores]
    for state, divided in zip(states, blocks, strict=False):
        state.add_blocks(divided)
    return states


def _in_order(log: Log, model: int, progress: Callable[[int], None]) -> GroupAuc:
    """One model; the rows come sorted."""
    ordered = OrderedGroups()
    for batch in log.batches(ordered_by=model):
        assert batch.groups is not None
        units = None if batch.weights is None else in_units(batch.weights, UNIT)[0]
        ordered.update(batch.groups, batch.positives(model), batch.scores[model], units)
        progress(ordered.rows)
    return ordered.finish()


class OrderedGroups:
    """GAUC of rows that come by group, and within a group by ascending score. It keeps a few numbers.

    >>> ordered = OrderedGroups()
    >>> ordered.update(np.array([1, 1, 2]), np.array([0, 1, 1]), np.array([0.1, 0.2, 0.3]))
    >>> ordered.update(np.array([2, 2]), np.array([1, 0]), np.array([0.4, 0.4]))
    >>> ordered.finish().mean("groups")
    0.625
    """

    def __init__(self) -> None:
        from byhand.kernels.numba.evaluate.ordered import SIZE

        self.rows = 0
        self._state, self._sums = GroupAuc(), np.zeros(SIZE, np.uint64)
        self._last: tuple[NDArray[Any], NDArray[Any]] | None = None

    def update(
        self,
        groups: NDArray[Any],
        labels: NDArray[Any],
        scores: NDArray[Any],
        weights: NDArray[np.int64] | None = None,
    ) -> None:
        """Add (n,) integers, 0 or 1, and numbers; for all rows or for none also weights in units."""
        from byhand.kernels.numba.evaluate.ordered import count_ordered

        if self._last is None:
            self._last = np.zeros(1, groups.dtype), np.zeros(1, scores.dtype)
        heavy = np.empty(0, np.int64) if weights is None else weights
        two_u, sizes = np.empty(len(groups)), np.empty((len(groups), 2), np.int64)
        n = count_ordered(groups, scores, labels, heavy, self._sums, *self._last, two_u, sizes)
        self._state.add_sizes(two_u[:n], sizes[:n])
        self.rows += len(groups)

    def finish(self) -> GroupAuc:
        """The state, once all rows were added."""
        from byhand.kernels.numba.evaluate.ordered import close_group

        if self.rows:
            two_u, sizes = np.empty(1), np.empty((1, 2), np.int64)
            close_group(self._sums, two_u, sizes)
            self._state.add_sizes(two_u, sizes)
        return self._state
