"""Predicts the first probe by the formula and by its known mistakes; all are compared with a result at once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis, joined
from byhand.judge.model import Values


class Table:
    """Predictions of the first probe, by number of mistakes.

    0: the formula and its conventions. 1: any mistake. 2 and more: those of a few pages, or any two if none are given.
    """

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._tiers: dict[tuple[int, frozenset[str]], tuple[list[Hypothesis], NDArray[np.float64]]] = {}
        self._names = sorted(attempt.predicted(RIGHT, attempt.ordinary[0]).values)

    def like(self, attempt: Attempt, worst: int, among: frozenset[str]) -> Iterator[Hypothesis]:
        """Hypotheses with at most ``worst`` mistakes that predict the program's first result, fewest mistakes first.

        Equal to 0.1 %, so that the caller has to compare them exactly. Two and more mistakes are of the
        pages ``among``, as is one with conventions.
        """
        row = self._row(attempt.observed(attempt.ordinary[0]).values)
        if row is None or not np.isfinite(row).any():  # a root of a negative v is nan in some places
            return
        anywhere = frozenset[str]()
        tiers = [(0, anywhere), (1, anywhere)][: worst + 1]
        tiers += [(mistakes, among) for mistakes in range(1 if among else 2, worst + 1)]
        for tier in tiers:
            if tier not in self._tiers:
                self._tiers[tier] = self._tier(*tier)
            hypotheses, numbers = self._tiers[tier]
            if hypotheses and row.shape == numbers.shape[1:]:
                with np.errstate(all="ignore"):
                    same = np.isclose(numbers, row, 1e-3, 1e-12, equal_nan=True).all(axis=1)
                yield from (hypotheses[i] for i in np.flatnonzero(same))

    @cached_property
    def at_edges(self) -> list[Hypothesis]:
        """The conventions that do not show on ordinary input."""
        return [one for one in self._singles("convention") if not self._attempt.shows(one)]

    def _tier(self, mistakes: int, among: frozenset[str]) -> tuple[list[Hypothesis], NDArray[np.float64]]:
        if among:
            found = self._sets(mistakes, among)
        elif mistakes == 0:
            found = [RIGHT, *self._singles("convention")]
        else:
            found = self._singles("mistake")
            if mistakes == 2:
                showing = [one for one in found if self._attempt.shows(one)]
                found = [both for a, b in combinations(showing, 2) for both in joined(a, b)]
        rows = []
        for one in found:
            row = self._row(self._attempt.predicted(one, self._attempt.ordinary[0]).values)
            rows.append((one, row))
        right = self._row(self._attempt.predicted(RIGHT, self._attempt.ordinary[0]).values)
        assert right is not None
        kept = [(one, row) for one, row in rows if row is not None and row.shape == right.shape]
        return [one for one, _ in kept], np.array([row for _, row in kept])

    def _singles(self, kind: str) -> list[Hypothesis]:
        pages = [page for page in clinic.pages(self._attempt.task.name) if page.kind == kind]
        return [Hypothesis((one,)) for page in pages for one in page.changes(self._attempt.definition.constants)]

    def _sets(self, mistakes: int, among: frozenset[str]) -> list[Hypothesis]:
        """Every set of so many mistakes among some pages, with any of the conventions among them."""
        found: dict[int, list[Hypothesis]] = {0: [RIGHT]}  # by the number of mistakes
        for one in (
            one for kind in ("convention", "mistake") for one in self._singles(kind) if one.pages[0].id in among
        ):
            more = int(one.pages[0].kind == "mistake")
            for size in range(mistakes, more - 1, -1):
                found.setdefault(size, []).extend(
                    [both for less in found.get(size - more, ()) for both in joined(less, one)]
                )
        return found.get(mistakes, [])

    def _row(self, values: Values) -> NDArray[np.float64] | None:
        if not values or any(name not in values for name in self._names[:1]):
            return None
        return np.concatenate([np.asarray(values[name], np.float64).ravel() for name in self._names if name in values])
