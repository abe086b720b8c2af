"""What may be true of a learner's program: the formula, with a set of known changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from byhand.judge.diagnosis.clinic import Change, Page

MISTAKE, CONVENTION = 100, 10
"""Costs of a change; those of calling conventions lie below 10, a strange one above."""


@dataclass(frozen=True)
class Hypothesis:
    """The formula with these changes."""

    changes: tuple[Change, ...] = ()

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """Of the changes."""
        return tuple(change.page for change in self.changes)

    @cached_property
    def cost(self) -> int:
        """The less, the sooner believed."""
        return sum(MISTAKE if page.kind == "mistake" else CONVENTION for page in self.pages)

    @cached_property
    def harmless(self) -> Hypothesis:
        """Its conventions alone."""
        return Hypothesis(tuple(change for change in self.changes if change.page.kind == "convention"))


RIGHT = Hypothesis()


def joined(a: Hypothesis, b: Hypothesis) -> Iterator[Hypothesis]:
    """Both sets of changes, if they are of different pages and lines."""
    pages = {page.id for page in a.pages}
    if b.changes and not any(page.id in pages for page in b.pages):
        lines = [line for page in (*a.pages, *b.pages) for line in page.line.split("\n")]
        if len(lines) == len(set(lines)):
            yield Hypothesis((*a.changes, *b.changes))
