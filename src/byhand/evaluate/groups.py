"""AUC within groups: the mean over users, queries or days, and the counts of each."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.batches import BadRow, columns, positives
from byhand.evaluate.blocks import BLOCKS, Blocks, most_numbers
from byhand.evaluate.keys import kind_of, stored
from byhand.evaluate.rows import check_scores
from byhand.evaluate.storage import pack, unpack

WEIGHTINGS = ("groups", "rows", "positives")


class GroupCounts(NamedTuple):
    """2U, negatives and positives of each group, int64, with the groups in ascending order."""

    groups: NDArray[Any]
    two_u: NDArray[np.int64]
    negatives: NDArray[np.int64]
    positives: NDArray[np.int64]


class GroupAuc:
    """The mean of AUC over groups that have both classes; mergeable.

    The AUC of a group is the quotient in float64, in multiples of 2⁻⁶⁰. Those are added in whole numbers, so the mean
    is the same, bit for bit, for any order and split of groups.

    >>> state = GroupAuc()
    >>> state.update(np.array([7, 7, 7, 8, 8, 9]), np.array([0, 1, 1, 1, 0, 1]), np.array([1, 2, 1, 3, 4, 5]))
    >>> state.mean("groups"), state.mean("rows"), state.left_out
    (0.375, 0.45, 1)
    """

    def __init__(self) -> None:
        self._sums = [0, 0, 0]
        self._numbers = [0, 0, 0, 0, 0]

    @property
    def groups(self) -> int:
        """The number of groups with both classes."""
        return self._numbers[0]

    @property
    def rows(self) -> int:
        """Their rows, or their weight in units."""
        return self._numbers[1]

    @property
    def left_out(self) -> int:
        """The number of groups with one class only: they have no AUC."""
        return self._numbers[3]

    @property
    def rows_left_out(self) -> int:
        """Their rows, or their weight in units."""
        return self._numbers[4]

    def update(self, groups: Any, labels: Any, scores: Any) -> None:
        """Add whole groups: all rows of a group must be in the same call. Nothing is added if an argument is wrong.

        Args:
            groups: (n,) the group of each row; integers are fastest, above all if they are sorted or few.
            labels: (n,) bools, or numbers 0 and 1.
            scores: (n,) floats or integers of at most 64 bits.

        Raises:
            BadRow: a label other than 0 and 1, or a nan score.
            ValueError: lengths that differ.
        """
        self.add_blocks(_divided(groups, labels, scores)[0])

    def add_blocks(self, blocks: Blocks) -> None:
        """Add whole groups, all rows of which are in these blocks."""
        parts = [GroupAuc() for _ in range(BLOCKS)]
        blocks.each(lambda k, sizes, two_u: parts[k].add_sizes(two_u.astype(np.float64), sizes))
        for part in parts:
            self.merge(part)

    def add_sizes(self, two_u: NDArray[np.float64], sizes: NDArray[np.int64]) -> None:
        """Add n groups: (n,) 2U, and (n, 2) negatives and positives, or their weights in whole units."""
        from byhand.kernels.numba.evaluate.groups import add_groups

        sums, numbers = np.zeros(6, np.uint64), np.zeros(5, np.int64)
        add_groups(two_u, sizes, sums, numbers)
        words = sums.tolist()
        for k in range(3):
            self._sums[k] += words[2 * k] << 64 | words[2 * k + 1]
        self._numbers = [a + b for a, b in zip(self._numbers, numbers.tolist(), strict=True)]

    def merge(self, other: GroupAuc) -> None:
        """Add the groups of another state; none may be in both."""
        self._sums = [a + b for a, b in zip(self._sums, other._sums, strict=True)]
        self._numbers = [a + b for a, b in zip(self._numbers, other._numbers, strict=True)]

    def copy_empty(self) -> GroupAuc:
        """An empty state."""
        return GroupAuc()

    def mean(self, weighting: str = "rows") -> float:
        """The mean of AUC over groups; nan without a group that has both classes.

        Args:
            weighting: ``"groups"``, each group counts the same; ``"rows"``, by its rows (impressions); ``"positives"``,
                by its positives (clicks).
        """
        if weighting not in WEIGHTINGS:
            raise must_be(
                "weighting", "mean", f"one of {', '.join(map(repr, WEIGHTINGS))}", repr(weighting), ValueError
            )
        k = WEIGHTINGS.index(weighting)
        return self._sums[k] / (self._numbers[k] << 60) if self._numbers[0] else math.nan

    def to_bytes(self) -> bytes:
        """The state as bytes."""
        return pack("GroupAuc", {"sums": self._sums, "numbers": self._numbers}, {})

    @classmethod
    def from_bytes(cls, data: bytes) -> GroupAuc:
        """The state of :meth:`to_bytes`."""
        meta, _ = unpack("GroupAuc", data)
        self = cls()
        self._sums, self._numbers = meta["sums"], meta["numbers"]
        return self


def group_counts(groups: Any, labels: Any, scores: Any) -> GroupCounts:
    """2U, negatives and positives of each group.

    Raises:
        BadRow, ValueError: as for :meth:`GroupAuc.update`.

    >>> group_counts(np.array([7, 7, 8]), np.array([0, 1, 1]), np.array([1.0, 2.0, 3.0])).two_u
    array([2, 0])
    """
    blocks, first, names = _divided(groups, labels, scores)
    kept = [np.zeros((0, 3), np.int64)] * BLOCKS

    def keep(k: int, sizes: NDArray[np.int64], two_u: NDArray[np.int64]) -> None:
        kept[k] = np.column_stack([two_u, sizes])

    blocks.each(keep)
    counts = np.stack(kept, 1).reshape(-1, 3)[first - blocks.first :][: len(names)]
    found = counts[:, 1:].any(1)
    return GroupCounts(names[found], *counts[found].T)


def _divided(groups: Any, labels: Any, scores: Any) -> tuple[Blocks, int, NDArray[Any]]:
    """The rows in blocks, the number of the first group, and the groups by their numbers, ascending."""
    of_row, y, x = columns(groups=groups, labels=labels, scores=scores)
    kind, positive = kind_of(x), positives(y)
    x, given = stored(x, kind), x
    check_scores(x, kind, given)
    codes, first, names = _codes(of_row)
    blocks = Blocks(len(x), kind, first)
    blocks.add(codes, positive, x)
    return blocks, first, names


def _codes(groups: NDArray[Any]) -> tuple[NDArray[Any], int, NDArray[Any]]:
    """The number of each row's group, the number of the first group, and the groups by their numbers, ascending."""
    from byhand.kernels.numba.evaluate.groups import number_groups

    if not len(groups):
        return np.empty(0, np.int64), 0, groups
    if groups.dtype.kind == "f" and np.isnan(groups).any():
        row = int(np.isnan(groups).argmax())
        raise BadRow(row, "groups", "a number or a name", groups[row])
    if groups.dtype.kind in "iu":
        low, high = int(groups.min()), int(groups.max())
        if high - low < most_numbers(len(groups)) and high < 1 << 63:
            return groups, low, np.arange(low, high + 1)
    if groups.dtype.kind != "O" and (groups[1:] >= groups[:-1]).all():
        begins = np.append(True, groups[1:] != groups[:-1])
        return begins.cumsum() - 1, 0, groups[begins]
    if groups.dtype.kind in "iu" and len(groups) < 1 << 31:
        codes, seen = np.empty(len(groups), np.int32), np.empty(len(groups), np.uint64)
        seen = seen[: number_groups(groups.astype(np.uint64), codes, seen)].astype(groups.dtype)
        order = seen.argsort()
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return rank[codes], 0, seen[order]
    names, numbers = np.unique(groups, return_inverse=True)
    return numbers, 0, names
