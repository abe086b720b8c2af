"""Predicts the first probe by the formula and by its known mistakes; all are compared with a result at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis, joined
from byhand.judge.model import Values


class Table:
    """Predictions of the first probe, by number of mistakes: 0 (the formula and its conventions), 1 and 2."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._tiers: list[tuple[list[Hypothesis], NDArray[np.float64]]] = []
        self._names = sorted(attempt.predicted(RIGHT, attempt.ordinary[0]).values)

    def like(self, attempt: Attempt, worst: int) -> Iterator[Hypothesis]:
        """Hypotheses with at most ``worst`` mistakes that predict the program's first result, fewest mistakes first.

        Equal to 0.1 %, so that the caller has to compare them exactly.
        """
        row = self._row(attempt.observed(attempt.ordinary[0]).values)
        if row is None or not np.isfinite(row).all():
            return
        for mistakes in range(worst + 1):
            if mistakes == len(self._tiers):
                self._tiers.append(self._tier(mistakes))
            hypotheses, numbers = self._tiers[mistakes]
            if hypotheses and row.shape == numbers.shape[1:]:
                with np.errstate(all="ignore"):
                    same = np.isclose(numbers, row, 1e-3, 1e-12, equal_nan=True).all(axis=1)
                yield from (hypotheses[i] for i in np.flatnonzero(same))

    def _tier(self, mistakes: int) -> tuple[list[Hypothesis], NDArray[np.float64]]:
        task = self._attempt.task
        kind = "mistake" if mistakes else "convention"
        pages = [page for page in clinic.pages(task.name) if page.kind == kind]
        found = [Hypothesis((change,)) for page in pages for change in page.changes(self._attempt.definition.constants)]
        if mistakes == 0:
            found = [RIGHT, *found]
        elif mistakes == 2:
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

    def _row(self, values: Values) -> NDArray[np.float64] | None:
        if not values or any(name not in values for name in self._names[:1]):
            return None
        return np.concatenate([np.asarray(values[name], np.float64).ravel() for name in self._names if name in values])
