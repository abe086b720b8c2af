"""How wrong a version of the program is, by its results: a level, the edges that fail, the pages that explain it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Kept, Predictions
from byhand.judge.diagnosis.hypothesis import Hypothesis, joined
from byhand.judge.mending.context import interface
from byhand.judge.mending.predicted import Table
from byhand.judge.mending.version import COUNTABLE, EXCHANGED, FAILS, UNKNOWN, Version
from byhand.judge.model import Definition, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Convention, Task

WAYS, ALIKE, FAILING = 6, 3, 6
"""At most so many calling conventions are tried; so many of them with the same arguments; and so many if all fail."""


class Levels:
    """Levels of versions of one program. ``kept`` has earlier predictions; ``check`` raises OutOfTime."""

    def __init__(self, task: Task[Any], judgement: Judgement, seed: int, kept: Kept, check: Callable[[], None]) -> None:
        self._task, self._judgement, self._seed, self._kept, self._check = task, judgement, seed, kept, check
        self._interface = interface(judgement.definition)
        self._known = {finding.mistake for finding in judgement.findings if finding.kind == "convention"}
        self.named = frozenset(one.mistake for one in judgement.findings if one.kind == "mistake" and not one.edge)
        self._tables: dict[Any, Table] = {}
        self._ways: list[Any] = []

    def begin(self, start: Version, session: Session) -> None:
        """Find the calling conventions of the original, and set its level."""
        self._ways = self._running(session)
        self.assign(start, session)

    def assign(self, version: Version, session: Session, before: Version | None = None) -> None:
        """Set a version's level, edges and pages to those under the calling convention where it is least wrong."""
        best, tried, stopped = (FAILS, 0), 0, 0
        for way in self._conventions(version.definition):
            self._check()
            attempt = self._attempt(way, session, version.definition)
            first = attempt.observed(attempt.ordinary[0])
            if not first.values:
                best = min(best, (FAILS, -(first.line or 0)))
                stopped += 1
                if stopped >= FAILING and not tried:
                    break
                continue
            tried += 1
            level, failing, pages = self._wrong(attempt, before, version.own)
            if level < best:
                best, version.failing, version.pages = level, failing, pages
                version.arguments = _arguments(way)
            if best == (0, 0) or tried >= WAYS:
                break
        version.level = best

    def _running(self, session: Session) -> list[Any]:
        """Calling conventions under which the original runs: first the one that the judge found, then likely ones."""
        found: list[Any] = []
        definition, said = self._judgement.definition, dict(self._judgement.convention)
        for way in sorted(
            _cheapest(self._task, definition), key=lambda way: not way.describe().items() <= said.items()
        ):
            self._check()
            attempt = self._attempt(way, session, definition)
            alike = sum(_arguments(one) == _arguments(way) for one in found)
            if said.get("input", "") != way.describe().get("input", "") and said:
                continue  # a program may be right for one row and wrong for a batch
            if alike < ALIKE and attempt.observed(attempt.ordinary[0]).values:
                found.append(way)
            if len(found) == WAYS:
                break
        return found

    def _conventions(self, definition: Definition) -> list[Any]:
        """The calling conventions that are tried: those of the original, if it is still called in the same way."""
        alike = interface(definition) == self._interface
        return list(self._task.again(definition, self._ways, alike)) or _cheapest(self._task, definition)

    def _attempt(self, way: Any, session: Session, definition: Definition) -> Attempt:
        predictions = self._kept.setdefault(self._task.reading(way), Predictions(self._task, way, self._seed))
        return Attempt(predictions, session, definition, way)

    def _wrong(
        self, attempt: Attempt, before: Version | None, own: bool
    ) -> tuple[tuple[int, int], tuple[str, ...], tuple[str, ...]]:
        """Its level, failing edges and explaining pages under one calling convention."""
        table = self._tables.setdefault(self._task.reading(attempt.convention), Table(attempt))
        worst, among = self._looked_for(before, own, table)
        nothing = tuple[str, ...]()
        eps, best = attempt.tiers[-1], ((UNKNOWN, 0), nothing, nothing)
        harmless: list[Hypothesis] = []
        for hypothesis in table.like(attempt, worst, among):
            pages = (*hypothesis.pages, *map(clinic.page, attempt.convention.pages))
            ids = tuple(page.id for page in pages if page.kind == "mistake")
            if len(ids) > best[0][0] or (before is not None and len(ids) > before.level[0]):
                break
            if not attempt.explains(hypothesis, attempt.ordinary, eps):
                continue
            if before is not None and len(ids) == before.level[0] > 0 and set(before.pages) <= set(ids):
                return before.level, before.failing, ids  # no better than before
            if ids:
                best = min(best, ((len(ids), 0), nothing, ids))
            else:
                harmless.append(hypothesis)
                best = (0, 0), nothing, nothing
        if harmless:
            failing = self._failing(attempt, harmless, table.at_edges, eps, before)
            return (0, len(failing)), failing, nothing
        return best

    def _looked_for(self, before: Version | None, own: bool, table: Table) -> tuple[int, frozenset[str]]:
        """How many mistakes may explain it, and the pages that several of them are among; no pages: among any."""
        if before is None or before.level[0] == 0 or (before.level[0] == 1 and not own):
            return 0, frozenset()
        pages = frozenset(before.pages) or self.named
        if len(pages) < 2 and before.level[0] == UNKNOWN and table is next(iter(self._tables.values())):
            return 2, frozenset()
        worst = max(1, min(len(pages), COUNTABLE))
        if own and worst <= EXCHANGED:
            pages |= self._of_the_same_lines(pages)
        return worst, pages | self._known

    def _of_the_same_lines(self, pages: frozenset[str]) -> set[str]:
        """The mistakes in the same lines of the formula: a mend may leave one of them in place of another."""
        lines = {clinic.page(id).line for id in pages} - {""}
        return {page.id for page in clinic.pages(self._task.name) if page.kind == "mistake" and page.line in lines}

    def _failing(
        self,
        attempt: Attempt,
        harmless: list[Hypothesis],
        at_edges: list[Hypothesis],
        eps: float,
        before: Version | None,
    ) -> tuple[str, ...]:
        """The edges that no convention explains, nor one with another that shows only at edges.

        If all that failed before still fail, the others are not run.
        """
        both = [pair for a, b in combinations(dict.fromkeys([*harmless, *at_edges]), 2) for pair in joined(a, b)]
        known = before.failing if before is not None else ()
        edges = sorted(attempt.edges, key=lambda edge: edge.name not in known)
        failing: list[str] = []
        for i, edge in enumerate(edges):
            if known and i == len(known) == len(failing):
                return known
            if not any(attempt.agree_on(hypothesis, [edge], eps) for hypothesis in (*harmless, *both)):
                failing.append(edge.name)
        return tuple(failing)


def _cheapest(task: Task[Any], definition: Definition) -> list[Any]:
    """The calling conventions of a definition, the likeliest first."""
    return sorted(task.conventions(definition), key=lambda way: way.cost)


def _arguments(way: Convention) -> str:
    return str(way.describe().get("arguments", ""))
