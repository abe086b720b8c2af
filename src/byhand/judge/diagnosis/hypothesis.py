"""A possible explanation of a learner's program: the formula with a set of known changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from byhand.judge.diagnosis.clinic import Change, Page
from byhand.judge.diagnosis.merging import disjoint

MISTAKE, CONVENTION = 100, 10
"""Costs of a change. Those of calling conventions are below 10, except for unlikely ones."""


@dataclass(frozen=True)
class Hypothesis:
    """The formula with these changes."""

    changes: tuple[Change, ...] = ()

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        return hash(self.changes)

    @cached_property
    def pages(self) -> tuple[Page, ...]:
        """The pages of the changes."""
        return tuple(change.page for change in self.changes)

    @cached_property
    def ids(self) -> frozenset[str]:
        """The ids of the pages."""
        return frozenset(page.id for page in self.pages)

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
    """Both sets of changes combined, if their pages differ and no part of a line is changed by both."""
    if not b.changes or a.ids & b.ids:
        return
    if all(_apart(one, other) for one in a.changes for other in b.changes):
        yield Hypothesis((*a.changes, *b.changes))


def _apart(one: Change, other: Change) -> bool:
    """Whether two changes can be made together."""
    if len(one.page.line) < len(other.page.line):
        one, other = other, one
    lines, part = one.page.line.split("\n"), other.page.line.split("\n")
    if not set(lines) & set(part):
        return True
    for start in range(len(lines) - len(part) + 1):
        stop = start + len(part)
        if lines[start:stop] == part:
            return disjoint(one.page.line, one.becomes, "\n".join([*lines[:start], other.becomes, *lines[stop:]]))
    return False
