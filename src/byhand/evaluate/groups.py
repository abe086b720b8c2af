"""AUC within groups: the mean over users, queries or days, and the counts of each."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.batches import BadRow, columns, positives
from byhand.evaluate.keys import for_kernel, kind_of, stored
from byhand.evaluate.rows import check_scores, cut, for_each
from byhand.evaluate.storage import pack, unpack

WEIGHTINGS = ("groups", "rows", "positives")
BLOCKS = 8  # bits of the number of blocks of groups: so many can be written to at a time
FEW = 1 << 14  # rows that are worth a thread
MANY = 1 << 12  # numbers without a group that are worth their room


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
        self.add(group_counts(groups, labels, scores))

    def add(self, counts: GroupCounts) -> None:
        """Add groups that are counted already."""
        self.add_sizes(counts.two_u.astype(np.float64), np.stack([counts.negatives, counts.positives], 1))

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
    of_row, y, x = columns(groups=groups, labels=labels, scores=scores)
    kind, positive = kind_of(x), positives(y)
    x, given = stored(x, kind), x
    check_scores(x, kind, given)
    codes, first, names = _codes(of_row)
    sizes, two_u = _pairs(for_kernel(codes), positive, first, len(names), x, kind.sign)
    found = sizes.any(1)
    return GroupCounts(names[found], two_u[found], *sizes[found].T)


def _pairs(
    codes: NDArray[Any], positive: NDArray[np.uint8], first: int, number: int, x: NDArray[Any], sign: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Negatives and positives, (number, 2), and 2U, (number,), of groups ``first`` to ``first + number``.

    Rows are divided into blocks of groups, and sorted by group block by block: in one go, each row would be written
    outside of the cache.
    """
    from byhand.kernels.numba.evaluate import groups as kernels
    from byhand.kernels.numba.runtime.pool import parallel

    sizes, two_u = np.zeros((number, 2), np.int64), np.zeros(number, np.int64)
    if not len(x):
        return sizes, two_u
    shift = max(0, (number - 1).bit_length() - BLOCKS)
    blocks, parts = (number - 1 >> shift) + 1, cut(len(x))
    counts = np.zeros((len(parts), blocks), np.int64)

    def count(k: int, rows: slice) -> None:
        kernels.count_blocks(codes[rows], first, shift, counts[k])

    for_each(parts, count)
    ends_of_pieces = counts.T.ravel().cumsum().reshape(blocks, -1).T
    heads = np.ascontiguousarray(ends_of_pieces - counts)
    places, scores = np.empty(len(x), np.uint32), np.empty_like(x)

    def divide(k: int, rows: slice) -> None:
        kernels.divide_into_blocks(codes[rows], positive[rows], first, shift, x[rows], heads[k], places, scores)

    for_each(parts, divide)
    bounds = [0, *ends_of_pieces[-1].tolist()]

    def sort(begin: int, stop: int) -> None:
        keys = np.empty(max(bounds[k + 1] - bounds[k] for k in range(begin, stop)), x.dtype)
        for k in range(begin, stop):
            own = slice(k << shift, min(k + 1 << shift, number))
            ends = np.empty_like(sizes[own])
            kernels.sort_block(places, scores, sign, bounds[k], bounds[k + 1], sizes[own], ends, keys)
            kernels.count_pairs_of_groups(keys, ends, two_u[own])

    parallel(sort, blocks, max(1, blocks * FEW // len(x)))
    return sizes, two_u


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
        if high - low <= 4 * len(groups) + MANY and high < 1 << 63:
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
