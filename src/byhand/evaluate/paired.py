"""Two models on the same rows: the test of DeLong, DeLong and Clarke-Pearson, in memory and on logs of any size."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.batches import BadRow, columns, positives
from byhand.evaluate.keys import kind_of, stored
from byhand.evaluate.ranking import Ranking
from byhand.evaluate.results import Comparison
from byhand.evaluate.rows import cut, for_each
from byhand.evaluate.statistics import quantile
from byhand.evaluate.storage import pack, unpack

ONE = (1 << 21) - 1  # a placement is a whole number of these parts: sums of squares of 2²⁰ rows stay within 64 bits
MEMORY = 64 << 20  # bytes of the cells of each model


class Paired:
    """One more pass over the rows of two rankings, for the covariance of their AUCs; mergeable.

    A row's placement with a model is the share of the other class that it beats, to 5 · 10⁻⁷ and to a cell of the
    ranking.

    Args:
        a: the finished state of model A, and ``b`` that of model B, of the same rows without weights. From
            :meth:`from_bytes` on, a state has no rankings: merge it into the one that has.
    """

    def __init__(self, a: Ranking | None = None, b: Ranking | None = None) -> None:
        self._sums = [[0] * 6, [0] * 6]
        self._rankings: tuple[Ranking, Ranking] | None = None
        self._places: list[Any] = []
        if a is not None and b is not None:
            if a.weighted or b.weighted:
                raise must_be("a", "Paired", "without weights, as `b`", "weights", ValueError)
            if (a.rows, a.positives) != (b.rows, b.positives):
                got = f"{a.rows} and {b.rows} rows, {a.positives} and {b.positives} positives"
                raise must_be("b", "Paired", "of the rows of `a`", got, ValueError)
            self._rankings = a, b

    def update(self, labels: Any, scores_a: Any, scores_b: Any) -> None:
        """Add rows, which the rankings have seen.

        Raises:
            BadRow: a label other than 0 and 1.
            ValueError: scores of another dtype than those of the ranking, or that it has not seen.
        """
        from byhand.kernels.numba.evaluate.rows import add_placements

        y, *scores = columns(labels=labels, scores_a=scores_a, scores_b=scores_b)
        if not len(y):
            return
        places, x = self._tables(), []
        for column, ranking, name in zip(scores, self._both(), ("scores_a", "scores_b"), strict=True):
            if (kind := kind_of(column)) != ranking.kind:
                expected = ranking.kind.name if ranking.kind else "nothing"
                raise must_be(name, "update", f"{expected} as in the ranking", kind.name, ValueError)
            x.append(stored(column, kind))
        positive, parts = positives(y), cut(len(y))
        sums, found = np.zeros((len(parts), 2, 6), np.int64), np.zeros(len(parts), bool)

        def add(k: int, part: slice) -> None:
            a, b = ((x[i][part], *places[i]) for i in (0, 1))
            found[k] = add_placements(a, b, positive[part], sums[k])

        for_each(parts, add)
        if not found.all():
            raise must_be("scores", "update", "scores that the rankings have seen", "others", ValueError)
        for rows in sums.tolist():
            self._add(rows)

    def merge(self, other: Paired) -> None:
        """Add the rows of another state of the same rankings."""
        self._add(other._sums)

    def copy_empty(self) -> Paired:
        """An empty state of the same rankings."""
        empty = Paired()
        empty._rankings, empty._places = self._rankings, self._places
        return empty

    def compare(self, confidence: float = 0.95) -> Comparison:
        """The difference of the two AUCs, and the test that there is none.

        Raises:
            ValueError: not all rows have been read.
        """
        a, b = self._both()
        rows = self._sums[0][0] + self._sums[1][0]
        if (rows, self._sums[1][0]) != (a.rows, a.positives):
            raise must_be("rows", "compare", f"all {a.rows} rows of the rankings", rows, ValueError)
        variance, pairs = 0.0, 2 * a.positives * a.negatives
        difference = (a.two_u() - b.two_u()) / pairs if pairs else math.nan
        for n, v, w, vv, ww, vw in self._sums:
            if n < 2:
                return comparison(difference, math.nan, confidence)
            squares = vv + ww - 2 * vw - (v - w) ** 2 / n if n else 0
            variance += squares / (n - 1) / n / ONE**2
        return comparison(difference, math.sqrt(max(variance, 0.0)), confidence)

    def to_bytes(self) -> bytes:
        """The sums of the rows as bytes, without the rankings."""
        return pack("Paired", {"sums": self._sums}, {})

    @classmethod
    def from_bytes(cls, data: bytes) -> Paired:
        """The state of :meth:`to_bytes`, without rankings."""
        self = cls()
        self._sums = unpack("Paired", data)[0]["sums"]
        return self

    def _add(self, rows: list[list[int]]) -> None:
        self._sums = [[a + b for a, b in zip(*both, strict=True)] for both in zip(self._sums, rows, strict=True)]

    def _both(self) -> tuple[Ranking, Ranking]:
        if self._rankings is None:
            raise ValueError("This state has no rankings: merge it into the one that has.")
        return self._rankings

    def _tables(self) -> list[Any]:
        if not self._places:
            self._places = [_placements(ranking) for ranking in self._both()]
        return self._places


def _placements(ranking: Ranking) -> tuple[Any, ...]:
    """What the kernel needs of a ranking: how to find a score's cell, and the placements there."""
    counts = ranking._all_counts()
    assert counts is not None
    assert ranking.kind is not None
    cells = counts.coarse(MEMORY)
    pages = cells.pages()
    rows = cells.rows[pages]
    sizes = cells.cells[rows]
    below = sizes.reshape(-1, 2).cumsum(0).reshape(sizes.shape) - sizes
    totals = below[-1, -1] + sizes[-1, -1]
    places = np.zeros((len(cells.cells), *sizes.shape[1:]), np.int32)
    middle = below + sizes / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        places[rows, :, 1] = np.nan_to_num(np.rint(middle[..., 0] / totals[0] * ONE))
        places[rows, :, 0] = np.nan_to_num(np.rint((1 - middle[..., 1] / totals[1]) * ONE))
    return ranking.kind.sign, np.uint64(counts.first), cells.low, cells.shift, cells.rows, places


def compare_delong(labels: Any, scores_a: Any, scores_b: Any, *, confidence: float = 0.95) -> Comparison:
    """The difference of the AUCs of two models on the same rows, and the test that there is none, in memory.

    Args:
        labels: (n,) bools, or numbers 0 and 1.
        scores_a: (n,) scores of model A.
        scores_b: (n,) scores of model B.
        confidence: of the interval.

    Returns:
        The difference, its standard error and interval, z, and the p-value of the two-sided test; nan where a class has
        less than two rows. Equal placements have the error 0, and p is 1.

    Raises:
        BadRow: a label other than 0 and 1, or a nan score.

    Source: DeLong, DeLong & Clarke-Pearson, Comparing the areas under two or more correlated ROC curves, 1988;
    Sun & Xu, Fast implementation of DeLong's algorithm, 2014.
    """
    y, *scores = columns(labels=labels, scores_a=scores_a, scores_b=scores_b)
    positive = positives(y).astype(bool)
    below = []
    for x, name in zip(scores, ("scores_a", "scores_b"), strict=True):
        if (bad := x != x).any():
            row = int(bad.argmax())
            raise BadRow(row, name, "a number", x[row], "compare_delong")
        below.append(twice_below(x, positive))
    variance, others = 0.0, len(y)
    for a, b in zip(*below, strict=True):
        if len(a) < 2:
            return comparison(math.nan, math.nan, confidence)
        others = len(y) - len(a)
        won = int((a - b).sum())
        gap = (a - b) / (2 * others) - won / (2 * others * len(a))
        variance += float(np.square(gap).sum()) / (len(a) - 1) / len(a)
    return comparison(won / (2 * len(a) * others), math.sqrt(variance), confidence)


def twice_below(scores: NDArray[Any], positive: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """For each negative, then for each positive: rows of the other class below it, twice, and those beside it."""
    negatives, positives = scores[~positive], scores[positive]
    found = []
    for own, other in ((negatives, positives), (positives, negatives)):
        ranked = np.sort(other)
        found.append(np.searchsorted(ranked, own, "left") + np.searchsorted(ranked, own, "right"))
    return found


def comparison(difference: float, error: float, confidence: float) -> Comparison:
    """The interval and the test of a difference with a standard error."""
    reach = quantile(confidence) * error
    z = difference / error if error else math.copysign(math.inf, difference) if difference else 0.0
    p = math.erfc(abs(z) / math.sqrt(2))
    return Comparison(difference, error, difference - reach, difference + reach, z, p, confidence)
