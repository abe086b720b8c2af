"""A possible explanation of a learner's program: the formula with a set of known changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from byhand.judge.diagnosis.clinic import Change, Page

MISTAKE, CONVENTION = 100, 10
"""Costs of a change. Those of calling conventions are below 10, except for unlikely ones."""


@dataclass(frozen=True)
class Hypothesis:
    """The formula with these changes."""

    changes: tuple[Change, ...] = ()

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages of the changes."""
        return tuple(change.page for change in self.changes)

    @cached_property
    def cost(self) -> int:
        """Hypotheses of lower cost are preferred."""
        return sum(MISTAKE if page.kind == "mistake" else CONVENTION for page in self.pages)

    @cached_property
    def harmless(self) -> Hypothesis:
        """Only its conventions, without mistakes."""
        return Hypothesis(tuple(change for change in self.changes if change.page.kind == "convention"))


RIGHT = Hypothesis()


def joined(a: Hypothesis, b: Hypothesis) -> Iterator[Hypothesis]:
    """Both sets of changes combined, if their pages and lines differ."""
    pages = {page.id for page in a.pages}
    if b.changes and not any(page.id in pages for page in b.pages):
        lines = [line for page in (*a.pages, *b.pages) for line in page.line.split("\n")]
        if len(lines) == len(set(lines)):
            yield Hypothesis((*a.changes, *b.changes))
