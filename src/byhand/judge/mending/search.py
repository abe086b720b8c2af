"""Searches for the smallest set of mends after which the judge calls a program right.

It is a best-first search. Each step adds one mend and runs the changed program, which gets a level by its results: how
many known mistakes explain them, then at how many edges it fails. A step that improves nothing is not continued
(:meth:`Search._better`). A program ends the search only if a full judgement calls it right.
"""

from __future__ import annotations

import ast
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, count
from time import process_time
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Kept, Predictions
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.diagnosis.explanation import AGAINST
from byhand.judge.diagnosis.hypothesis import Hypothesis, joined
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.loading import load
from byhand.judge.mending.context import Context, interface
from byhand.judge.mending.edited import Mended, after, tidied
from byhand.judge.mending.names import plays
from byhand.judge.mending.predicted import Table
from byhand.judge.mending.table import Mend, kinds, mends
from byhand.judge.mending.text import edited, without
from byhand.judge.model import Definition, Finding, Judgement
from byhand.judge.session import Ask, Session
from byhand.judge.task import Convention, Task
from byhand.sandbox import Stopped
from byhand.sandbox.stand_ins import USUAL

SECONDS = 3.0
"""Processor seconds for the search in one definition."""
LONGER = 0.7
"""Processor seconds for which the search goes on after a first result, to find one with fewer mends."""
FEW = 24
"""Of the mends for pages that were not found, those that change at most so many characters are tried first."""
PATIENCE = 24
"""After so many mends of one program in vain, those of programs with one more mistake come first."""
NOWHERE = 10
"""What one mend costs after which the results are as unexplained as before, as if so many mistakes were left."""
MOST, BEYOND = 4, 2
"""At most so many mends are made in one definition; or so many more than mistakes are named in it."""
WAYS, ALIKE, FAILING = 6, 3, 6
"""At most so many calling conventions are tried; so many of them with the same arguments; and so many if all fail."""
MISREAD = ("logits-taken-as-probabilities", "logits-not-normalised")
"""Endings of page ids. The program is right, but for another kind of input than the one that its names promise."""
CRASHES = 1
"""The search ends when more changed programs than this have ended their sandbox."""
COUNTABLE = 4
"""At most so many mistakes are told apart by what the rest of them predicts."""
UNKNOWN, FAILS = 5, 6
"""First part of a level: no known mistakes explain the results; no calling convention gives a result."""
HARMLESS = {"", "library", "not imported", "new storage"}
"""Notes that the judge may make on the changed program although it did not make them on the original."""
UNSAID = {
    "adam/defaults-differ",
    "adam/one-t-for-all-parameters",
    "adam/zero-grad-sets-zeros",
    "cross_entropy/rounded-result",
    "roc_auc/all-pairs",
}
"""Conventions that the judge reports only of right programs, so that they may be new in the changed one."""
NORMALISED = {"kl_divergence/not-normalised"}
"""Likewise, if the changed program has at least as many divisions as the original."""
MENDED = ("right", "convention", "library")  # verdicts that end a search
TO_MEND = ("mistaken", "fragile", "stopped", "unknown")  # verdicts that start one


@dataclass
class _State:
    """A changed program in the search: the mends that made it, and how wrong it is."""

    definition: Definition
    chain: tuple[Mend, ...]
    level: tuple[int, int] = (9, 0)
    """How wrong it is; lower is better. First: 0 to COUNTABLE mistakes on ordinary input, UNKNOWN or FAILS. Second: for
    0, how many edges fail; for FAILS, minus the line where it fails."""
    failing: tuple[str, ...] = ()
    """The edges at which it fails."""
    judgement: Judgement | None = None
    own: bool = False
    """Whether the last mend is for a page that was found."""
    pages: tuple[str, ...] = ()
    """The pages of the mistakes that explain it."""
    arguments: str = ""
    """Its arguments, in words, under the calling convention where it is least wrong."""
    worth: tuple[int, int] = (9, 0)
    """Its priority: the lowest level among it and the programs that it was made from."""


class Search:
    """The search in one definition. ``kept`` has earlier predictions; ``clock`` gives processor seconds."""

    def __init__(
        self,
        task: Task[Any],
        ask: Ask,
        judgement: Judgement,
        seed: int,
        kept: Kept | None = None,
        clock: Callable[[], float] = process_time,
    ) -> None:
        self.task, self._ask, self.judgement, self.seed = task, ask, judgement, seed
        self._clock, self._until = clock, clock() + SECONDS
        self._kept: Kept = {} if kept is None else kept
        self._texts = {judgement.definition.program}
        self._interface = interface(judgement.definition)
        self._known = {finding.mistake for finding in judgement.findings if finding.kind == "convention"}
        self._named = frozenset(one.mistake for one in judgement.findings if one.kind == "mistake" and not one.edge)
        self._tables: dict[Any, Table] = {}
        self._ways: list[Any] = []
        self._found: Mended | None = None
        self._fallback: Mended | None = None
        self._crashes = 0
        self._misread = ""
        self.late = False

    def run(self) -> Mended | None:
        """The best set of mends; None if none was found. ``late`` then tells whether time ran out."""
        try:
            return self._search()
        except OutOfTime:
            self.late = self._found is None
            return self._found or self._fallback

    def _session(self) -> Session:
        return Session(self._ask, self._check)

    def _check(self) -> None:
        if self._clock() > self._until:
            raise OutOfTime

    def _search(self) -> Mended | None:
        definition = self.judgement.definition
        # Usual modules count as available: the file may import them although the definition did not use them.
        definition = replace(definition, left=definition.left - USUAL.keys())
        start = _State(definition, (), judgement=self.judgement)
        session = self._session()
        if load(session, start.definition).reply.ok:
            self._ways = self._running(session)
            self._level(start, session)
        if start.level[0] != 0:
            countable = self.judgement.verdict == "mistaken" and len(self._named) <= COUNTABLE
            start.level = (len(self._named) if countable else UNKNOWN, 0)
            start.pages = tuple(sorted(self._named)) if countable else ()
        elif start.level != (0, 0) and any(
            one.mistake.endswith(MISREAD) and not one.edge for one in self.judgement.findings
        ):
            start.level, self._misread = (1, 0), start.arguments
        start.worth = start.level
        waiting: list[tuple[Any, int, int, _State, Iterator[_State]]] = []
        number = count()

        def wait(state: _State, length: float, rest: Iterator[_State], tries: int = 0) -> None:
            (mistakes, edges), passed = state.worth, tries // PATIENCE
            heapq.heappush(waiting, ((mistakes + passed, edges, length), next(number), tries, state, rest))

        def begin(state: _State) -> None:
            wait(state, len(state.chain), self._expand(state, own=True))
            if state.level != (0, 0):  # mends for other pages come after those of programs with one more mend
                wait(state, len(state.chain) + 1.5, self._expand(state, own=False))

        begin(start)
        best: Mended | None = None
        while waiting:
            (_, _, length), _, tries, state, rest = heapq.heappop(waiting)
            if best is not None and (self._clock() > self._until or len(state.chain) + 1 >= len(best.chain)):
                continue
            self._check()
            mended = next(rest, None)
            if mended is None:
                continue
            wait(state, length, rest, tries + 1)
            if not self._tried(mended, state):
                continue
            if done := self._done(mended):
                best = self._found = self._smaller(done)
                self._until = min(self._until, self._clock() + LONGER)  # to find one with fewer mends
                continue
            known = mended.judgement
            if known and (known.verdict in MENDED or _count(known) >= _count(self.judgement)):
                continue
            if len(mended.chain) < max(MOST, len(self._named) + BEYOND):
                begin(mended)
        return best or self._fallback

    def _tried(self, mended: _State, before: _State) -> bool:
        """Run a changed program; returns whether the search goes on with it."""
        try:
            session = self._session()
            if not load(session, mended.definition).reply.ok:
                return False
            self._level(mended, session, before)
            if not self._better(mended, before):
                return False
            mended.worth = min(mended.level, before.worth)
            if mended.level == before.level == (UNKNOWN, 0):
                mended.worth = (before.worth[0] + NOWHERE, 0)
            if mended.level == (0, 0):
                mended.judgement = diagnose(self.task, session, mended.definition, self.seed, self._kept)
        except Stopped as stop:
            self._crashes += 1
            if stop.kind == "not sealed" or self._crashes > CRASHES:
                raise OutOfTime from None
            return False
        return True

    def _done(self, state: _State) -> Mended | None:
        """The result, if the judge calls the program right under no convention that is new; else None."""
        judgement = state.judgement
        if judgement is None or judgement.verdict not in MENDED:
            return None
        pages = [one.mistake for one in self.judgement.findings]
        another = any(page.endswith((*MISREAD, AGAINST)) for page in pages) or not self.judgement.convention
        told = (judgement.convention, self.judgement.convention)
        if not another and len({one.get("arguments", "") for one in told}) > 1:
            return None  # it is right, but for another kind of arguments than before
        notes = {one.note for one in self.judgement.findings} | HARMLESS
        if any(one.note not in notes and not _of_eps(one) for one in judgement.findings):
            return None  # something that was checked before can no longer be checked
        done = Mended(state.definition, state.chain, judgement)
        unsaid = UNSAID | (
            NORMALISED if _divisions(state.definition) >= _divisions(self.judgement.definition) else set()
        )
        if {one.mistake for one in judgement.findings if one.kind == "convention"} <= self._known | unsaid:
            return done
        if self.judgement.verdict in ("unknown", "stopped"):  # for these the judge reports no conventions at all
            self._fallback = self._fallback or done
        return None

    def _smaller(self, done: Mended) -> Mended:
        """The same without mends that are not needed, as far as time allows."""
        try:
            for i in range(len(done.chain) if len(done.chain) > 1 else 0):
                steps = [mend.edits for mend in done.chain]
                text = without(self.judgement.definition.program, steps, i, done.definition.program)
                definition = text and after(self.judgement.definition, text)
                if not definition:
                    continue
                state = _State(definition, (*done.chain[:i], *done.chain[i + 1 :]))
                if self._tried(state, _State(definition, (), level=(0, 1))) and (less := self._done(state)):
                    return self._smaller(less)
        except OutOfTime:
            pass
        return done

    def _better(self, state: _State, before: _State) -> bool:
        """Whether a changed program is enough of an improvement to go on with it."""
        if self._misread and state.arguments == self._misread:
            return False
        hidden = before.level == (0, 0)  # right on all probes: its mistake shows only in a full judgement
        if state.level < before.level or (hidden and state.level == before.level):
            return True
        if state.level[0] == before.level[0] == 1 and state.own:
            return bool(state.pages) and not set(state.pages) & set(before.pages)  # a different mistake instead
        if state.level[0] == before.level[0] == 0 and state.own:
            return not set(before.failing) <= set(state.failing)  # at least one edge that failed no longer does
        return state.level[0] == before.level[0] == UNKNOWN and len(state.chain) < 2

    def _expand(self, state: _State, own: bool) -> Iterator[_State]:
        """The programs with one more mend: ``own`` ones, for pages that were found, or others; nearest lines first."""
        if state.judgement is None and state.level[0] > 0:
            known = [clinic.page(id) for id in state.pages]
            named = tuple(Finding(page.id, "mistake", line_of(state.definition, page)) for page in known)
            state.judgement = Judgement(state.definition, "unknown", self.task.name, findings=named)
        elif state.judgement is None:
            session = self._session()
            load(session, state.definition)
            state.judgement = diagnose(self.task, session, state.definition, self.seed, self._kept)
        bad = [one for one in state.judgement.findings if one.kind in ("mistake", "edge")] or self._looks_like(state)
        pages = [one.mistake or f"edge/{one.edge.replace(' ', '-')}" for one in bad]
        lines = [line for line in (*(one.line for one in bad), state.judgement.line) if line]
        context = Context(state.definition)
        rows = [kind for kind in kinds(self.task.name) if any(map(kind.of, pages)) == own]
        found = [mend for kind in rows for mend in mends(kind, context)]
        far = [min((abs(mend.line - line) for line in lines), default=0) for mend in found]
        if own:
            order = sorted(range(len(found)), key=lambda i: (far[i] > 0, i))
        else:
            order = sorted(range(len(found)), key=lambda i: (far[i] > 0, found[i].size > FEW, far[i], i))
        for mend in (found[i] for i in order):
            text = edited(state.definition.program, mend.edits)
            if text is None or text in self._texts:
                continue
            self._texts.add(text)
            definition = after(state.definition, text)
            definition = definition and tidied(definition)
            if definition is not None:
                yield _State(definition, (*state.chain, mend), own=own)

    def _looks_like(self, state: _State) -> list[Finding]:
        """Where nothing explains the results: the mistakes that lines of the program look like."""
        known = [page for page in clinic.pages(self.task.name) if page.kind == "mistake" and page.patterns]
        found = [(page, line_of(state.definition, page)) for page in known]
        return [Finding(page.id, "mistake", line) for page, line in found if line is not None]

    def _running(self, session: Session) -> list[Any]:
        """Calling conventions under which the original runs: first the one that the judge found, then likely ones."""
        found: list[Any] = []
        ways = sorted(self.task.conventions(self.judgement.definition), key=lambda way: way.cost)
        said = dict(self.judgement.convention)
        for way in sorted(ways, key=lambda way: not way.describe().items() <= said.items()):
            self._check()
            predictions = self._kept.setdefault(self.task.reading(way), Predictions(self.task, way, self.seed))
            attempt = Attempt(predictions, session, self.judgement.definition, way)
            alike = sum(_arguments(one) == _arguments(way) for one in found)
            if said.get("input", "") != way.describe().get("input", "") and said:
                continue  # a program may be right for one row and wrong for a batch
            if alike < ALIKE and attempt.observed(attempt.ordinary[0]).values:
                found.append(way)
            if len(found) == WAYS:
                break
        return found

    def _level(self, state: _State, session: Session, before: _State | None = None) -> None:
        """Set a program's level, edges and pages to those under the calling convention where it is least wrong."""
        alike = interface(state.definition) == self._interface
        ways = self.task.again(state.definition, self._ways, alike)
        if not ways:
            ways = sorted(self.task.conventions(state.definition), key=lambda way: way.cost)
        best, tried, stopped = (FAILS, 0), 0, 0
        for way in ways:
            self._check()
            key = self.task.reading(way)
            predictions = self._kept.setdefault(key, Predictions(self.task, way, self.seed))
            attempt = Attempt(predictions, session, state.definition, way)
            first = attempt.observed(attempt.ordinary[0])
            if not first.values:
                best = min(best, (FAILS, -(first.line or 0)))
                stopped += 1
                if stopped >= FAILING and not tried:
                    break
                continue
            tried += 1
            level, failing, pages = self._wrong(attempt, key, before, state.own)
            if level < best:
                best, state.failing, state.pages = level, failing, pages
                state.arguments = _arguments(way)
            if best == (0, 0) or tried >= WAYS:
                break
        state.level = best

    def _wrong(
        self, attempt: Attempt, key: Any, before: _State | None, own: bool
    ) -> tuple[tuple[int, int], tuple[str, ...], tuple[str, ...]]:
        """Its level, failing edges and explaining pages under one calling convention."""
        table = self._tables.setdefault(key, Table(attempt))
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
            if before is not None and len(ids) == before.level[0] > 0 and set(ids) & set(before.pages):
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

    def _looked_for(self, before: _State | None, own: bool, table: Table) -> tuple[int, frozenset[str]]:
        """How many mistakes may explain it, and the pages that several of them are among; no pages: among any."""
        if before is None or before.level[0] == 0 or (before.level[0] == 1 and not own):
            return 0, frozenset()
        pages = frozenset(before.pages) or self._named
        if len(pages) > 1:
            return min(len(pages), COUNTABLE), pages | self._known
        if before.level[0] == UNKNOWN and table is next(iter(self._tables.values())):
            return 2, frozenset()
        return 1, pages | self._known

    def _failing(
        self,
        attempt: Attempt,
        harmless: list[Hypothesis],
        at_edges: list[Hypothesis],
        eps: float,
        before: _State | None,
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


def _arguments(way: Convention) -> str:
    return str(way.describe().get("arguments", ""))


def _divisions(definition: Definition) -> int:
    return sum(isinstance(node, ast.Div) for node in ast.walk(definition.node))


def _of_eps(finding: Finding) -> bool:
    """Whether a note says only that ε was checked at one value: after the mend it may have no effect."""
    names = str(finding.detail.get("names", "")).split(", ")
    return finding.note == "options not checked" and all(plays(ast.Name(name), "EPS") for name in names)


def _count(judgement: Judgement) -> int:
    return sum(finding.kind in ("mistake", "edge") for finding in judgement.findings)


__all__ = ["MENDED", "SECONDS", "TO_MEND", "Mended", "Search"]
