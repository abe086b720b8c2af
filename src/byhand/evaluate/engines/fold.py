"""What one pass over a log keeps: a state for each model, slice and question. Folds are merged like their states."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from byhand.evaluate import BadRow, Paired, Probabilities, Ranking, Scores
from byhand.evaluate.batches import TooHeavy
from byhand.evaluate.reading.log import Rows
from byhand.evaluate.reading.refused import Refused

WHOLE = -1
"""The index in place of that of a ``by`` for all rows of a log."""
PAIR = -2
"""The index in place of that of a ``by`` for the rows of two classes: the model's own, and that of the code."""

State = TypeVar("State", Ranking, Probabilities, Scores, Paired)


@dataclass
class Fold:
    """States that are updated by the same batches.

    Attributes:
        rankings: by model, index of the ``by`` (:data:`WHOLE` for all rows) and code of the slice; or by a class, which
            is its model, :data:`PAIR`, and the class that is its negatives.
        probabilities: by model; a model whose scores leave [0, 1] loses its own.
        scores: histograms by model.
        paired: by the two models that are compared.
        rows: how many were seen.
    """

    rankings: dict[tuple[int, int, int], Ranking] = field(default_factory=dict)
    probabilities: dict[int, Probabilities] = field(default_factory=dict)
    scores: dict[int, Scores] = field(default_factory=dict)
    paired: dict[tuple[int, int], Paired] = field(default_factory=dict)
    rows: int = 0

    def update(self, rows: Rows) -> None:
        """Add a batch to all states.

        Raises:
            Refused: the total weight is too large; also in :meth:`merge`.
        """
        with _weighed():
            self._update(rows)

    def _update(self, rows: Rows) -> None:
        self.rows += len(rows.labels)
        self._rank(rows, WHOLE, 0)
        for model, probabilities in list(self.probabilities.items()):
            try:
                probabilities.update(rows.positives(model), rows.scores[model], rows.weights)
            except BadRow:
                del self.probabilities[model]
        for model, scores in self.scores.items():
            scores.update(rows.scores[model])
        for (a, b), paired in self.paired.items():
            paired.update(rows.labels, rows.scores[a], rows.scores[b])
        self._rank_pairs(rows)
        wanted = {(by, code) for _, by, code in self.rankings if by >= 0}
        for by in {by for by, _ in wanted}:
            for code, part in sliced(rows, by):
                if (by, code) in wanted:
                    self._rank(part, by, code)

    def merge(self, other: Fold) -> None:
        """Add what another fold of the same kind has seen."""
        for model in self.probabilities.keys() - other.probabilities.keys():
            del self.probabilities[model]
        with _weighed():
            for mine, theirs in self._pairs(other):
                mine.merge(theirs)
        self.rows += other.rows

    def copy_empty(self) -> Fold:
        """An empty fold of the same kind, for another worker."""
        return Fold(
            {key: state.copy_empty() for key, state in self.rankings.items()},
            {key: state.copy_empty() for key, state in self.probabilities.items()},
            {key: state.copy_empty() for key, state in self.scores.items()},
            {key: state.copy_empty() for key, state in self.paired.items()},
        )

    def _rank(self, rows: Rows, by: int, code: int) -> None:
        for model, scores in enumerate(rows.scores):
            ranking = self.rankings.get((model, by, code))
            if ranking is not None:
                ranking.update(rows.positives(model), scores, rows.weights)

    def _rank_pairs(self, rows: Rows) -> None:
        pairs = [key for key in self.rankings if key[1] == PAIR]
        classes = {one for model, _, code in pairs for one in (model, code)}
        of_class = {one: np.flatnonzero(rows.labels == one) for one in classes}
        for model, by, code in pairs:
            taken = np.concatenate([of_class[model], of_class[code]])
            weights = None if rows.weights is None else rows.weights[taken]
            is_positive = np.arange(len(taken)) < len(of_class[model])
            self.rankings[model, by, code].update(is_positive, rows.scores[model][taken], weights)

    def _pairs(self, other: Fold) -> Iterator[tuple[Any, Any]]:
        for name in ("rankings", "probabilities", "scores", "paired"):
            mine, theirs = getattr(self, name), getattr(other, name)
            yield from ((state, theirs[key]) for key, state in mine.items())


@contextmanager
def _weighed() -> Iterator[None]:
    try:
        yield
    except TooHeavy:
        raise Refused("much weight") from None


def sliced(rows: Rows, by: int) -> Iterator[tuple[int, Rows]]:
    """The rows of each value of a ``by``, with its code."""
    codes = rows.codes[by]
    order = np.argsort(codes, kind="stable")
    ordered = codes[order]
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
    for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
        taken: NDArray[np.intp] = order[start:stop]
        weights = None if rows.weights is None else rows.weights[taken]
        scores = tuple(column[taken] for column in rows.scores)
        yield int(ordered[start]), Rows(rows.labels[taken], scores, weights, has_classes=rows.has_classes)
