"""What is asked of a prediction log."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """Columns and conditions. Each of the first five is the name of a column, or an SQL expression.

    Attributes:
        label: what is predicted: a boolean, or 0 and 1; with ``positive``, anything.
        scores: one per model, numbers that rise with the chance of a positive; inf is allowed, nan is not.
        weight: the weight of a row, finite and at least 0.
        group: the group of a row, such as its user, for GAUC.
        by: each makes a table of slices, one per value.
        where: an SQL condition; other rows are left out.
        positive: the label of positives, as text.
        multi_class: None for two classes; else each score is the chance of one class, and "ovr" judges each class
            against the rest, "ovo" each pair of classes too.
        classes: with ``multi_class``, the labels as text, one for each score in the same order; empty until a log is
            opened.
        skip_bad: rows that cannot be used are left out and counted, and else refused.
    """

    label: str
    scores: tuple[str, ...]
    weight: str | None = None
    group: str | None = None
    by: tuple[str, ...] = ()
    where: str | None = None
    positive: str | None = None
    multi_class: str | None = None
    classes: tuple[str, ...] = ()
    skip_bad: bool = False

    def texts(self) -> tuple[str, ...]:
        """All columns and expressions."""
        given = (self.label, *self.scores, self.weight, self.group, *self.by, self.where)
        return tuple(text for text in given if text is not None)
