"""The smallest set of mends after which the judge calls a program right.

A set is tried by running the mended program. What it then does tells whether to go on with it: whether it is right on
ordinary input and at the edges, or wrong by fewer known mistakes than before. Only the judge's own verdict ends the
search.
"""

from __future__ import annotations

import ast
import heapq
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import combinations, count
from time import process_time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Predictions
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis, joined
from byhand.judge.loading import load
from byhand.judge.mending.rewrite import Context
from byhand.judge.mending.table import TABLE, Mend, mends
from byhand.judge.mending.text import Source, edited
from byhand.judge.model import Definition, Judgement, Outcome, Values
from byhand.judge.reading.methods import methods
from byhand.judge.reading.statements import first_line
from byhand.judge.reading.syntax import parse
from byhand.judge.session import Session
from byhand.judge.task import Task
from byhand.sandbox.stand_ins import USUAL

SECONDS = 3.0
"""Processor time for the search in one definition."""
FEW = 12
"""Characters of a small mend: those are tried first."""
MOST = 4
"""How many mends a definition may get."""
WAYS, FAILING = 4, 6
"""How many calling conventions are tried with a mended program, and how many if it fails under each."""
UNKNOWN, FAILS = 3, 4
"""Levels of programs that no mistakes explain, and that fail."""
MENDED = ("right", "convention", "library")
TO_MEND = ("mistaken", "fragile", "stopped", "unknown")


@dataclass(frozen=True)
class Mended:
    """A definition after mends, and what the judge says of it."""

    definition: Definition
    chain: tuple[Mend, ...]
    judgement: Judgement


@dataclass(frozen=True)
class Result:
    """The end of a search."""

    found: Mended | None
    late: bool
    """Whether it ended because the time was used up."""


@dataclass
class _State:
    """A program on the way: what was mended, and how it does."""

    definition: Definition
    chain: tuple[Mend, ...]
    level: tuple[int, int] = (9, 0)
    """How wrong it is: mistakes on ordinary input, edges that fail."""
    failing: tuple[str, ...] = ()
    """The edges at which it fails."""
    judgement: Judgement | None = None
    own: bool = False
    """Whether the last mend belongs to a page that was found."""
    worth: tuple[int, int] = (9, 0)
    """The level that it is worth: that of the program before, if it only fails at other edges."""

    @property
    def rank(self) -> tuple[tuple[int, int], float]:
        """Programs that are less wrong, and less changed, are tried first."""
        return self.worth, len(self.chain)


class Search:
    """The search in one definition."""

    def __init__(
        self, task: Task[Any], session: Callable[[], Session], judgement: Judgement, seed: int, seconds: float = SECONDS
    ) -> None:
        self.task, self._session, self.judgement, self.seed = task, session, judgement, seed
        self._until = process_time() + seconds
        self._kept: dict[Any, Predictions] = {}
        self._texts = {judgement.definition.program}
        self._tried: set[str] = set()
        self._known = {finding.mistake for finding in judgement.findings if finding.kind == "convention"}
        self._tables: dict[Any, _Table] = {}
        self._ways: list[Any] = []
        self.late = False

    def run(self) -> Result:
        """The best set of mends; None if there is none, or if none was found in time."""
        try:
            return Result(self._search(), False)
        except OutOfTime:
            return Result(self._fallback, True)

    _fallback: Mended | None = None

    def _check(self) -> None:
        if process_time() > self._until:
            raise OutOfTime

    def _search(self) -> Mended | None:
        definition = self.judgement.definition
        definition = replace(definition, left=definition.left - USUAL.keys())  # imports that were not needed are there
        start = _State(definition, (), judgement=self.judgement)
        session = self._session()
        if load(session, start.definition).reply.ok:
            self._ways = self._running(session)
            self._level(start, session)
        start.worth = start.level
        waiting: list[tuple[Any, int, _State, bool]] = []
        number = count()
        heapq.heappush(waiting, (start.rank, next(number), start, True))
        while waiting:
            *_, state, own = heapq.heappop(waiting)
            if own and state.level != (0, 0):  # mends of other pages come after a second one of these
                worth, length = state.rank
                heapq.heappush(waiting, ((worth, length + 1.5), next(number), state, False))
            for mended in self._expand(state, own):
                self._check()
                session = self._session()
                if not load(session, mended.definition).reply.ok:
                    continue
                self._level(mended, session, state)
                if not self._better(mended, state):
                    continue
                mended.worth = min(mended.level, state.worth)
                if mended.level == (0, 0):
                    mended.judgement = diagnose(self.task, session, mended.definition, self.seed)
                    if done := self._done(mended):
                        return done
                    if mended.judgement.verdict in MENDED or _count(mended.judgement) >= _count(self.judgement):
                        continue
                if len(mended.chain) < MOST:
                    heapq.heappush(waiting, (mended.rank, next(number), mended, True))
        return self._fallback

    def _done(self, state: _State) -> Mended | None:
        """The end of the search, if the judge calls the program right, by no convention that it did not have before."""
        judgement = state.judgement
        if judgement is None or judgement.verdict not in MENDED:
            return None
        done = Mended(state.definition, state.chain, judgement)
        if {one.mistake for one in judgement.findings if one.kind == "convention"} <= self._known:
            return done
        self._fallback = self._fallback or done
        return None

    def _better(self, state: _State, before: _State) -> bool:
        """Whether to go on with a mended program."""
        hidden = before.level == (0, 0)  # a mistake that no probe shows
        if state.level < before.level or (hidden and state.level == before.level):
            return True
        if state.level[0] == before.level[0] == 0 and state.own:
            return not set(before.failing) <= set(state.failing)  # another edge now fails; one did not stay
        return state.level[0] == before.level[0] == UNKNOWN and len(state.chain) < 2

    def _expand(self, state: _State, own: bool) -> Iterator[_State]:
        """The program after one more mend: one of the pages that were found, at their lines first; or another one."""
        if state.judgement is None:
            session = self._session()
            load(session, state.definition)
            state.judgement = diagnose(self.task, session, state.definition, self.seed)
        bad = [one for one in state.judgement.findings if one.kind in ("mistake", "edge")]
        pages = [one.mistake or f"edge/{one.edge.replace(' ', '-')}" for one in bad]
        lines = [line for line in (*(one.line for one in bad), state.judgement.line) if line]
        context = Context(state.definition)
        kinds = [kind for kind in TABLE if self.task.name in kind.tasks and any(map(kind.of, pages)) == own]
        found = [mend for kind in kinds for mend in mends(kind, context)]
        far = [min((abs(mend.line - line) for line in lines), default=0) for mend in found]
        order = range(len(found))
        if own:
            order = sorted(order, key=lambda i: (far[i] > 0, i))
        else:
            order = sorted(order, key=lambda i: (found[i].size > FEW, far[i], i))
        for mend in (found[i] for i in order):
            text = edited(state.definition.program, mend.edits)
            if text is None or text in self._texts:
                continue
            self._texts.add(text)
            definition = after(state.definition, text)
            definition = definition and tidied(definition)
            if definition is not None:
                yield _State(definition, (*state.chain, mend), own=own)

    def _running(self, session: Session) -> list[Any]:
        """The likeliest calling conventions under which the program runs, first the one that the judge found."""
        found = []
        ways = sorted(self.task.conventions(self.judgement.definition), key=lambda way: way.cost)
        said = dict(self.judgement.convention)
        for way in sorted(ways, key=lambda way: not way.describe().items() <= said.items()):
            self._check()
            predictions = self._kept.setdefault(self.task.reading(way), Predictions(self.task, way, self.seed))
            attempt = Attempt(predictions, session, self.judgement.definition, way)
            if attempt.observed(attempt.ordinary[0]).values:
                found.append(way)
            if len(found) == WAYS:
                break
        return found

    def _level(self, state: _State, session: Session, before: _State | None = None) -> None:
        """How wrong a program is, under the calling convention under which it is least wrong."""
        # A way remembers the calls of one program, so each program has its own.
        every = list(self.task.conventions(state.definition))
        same = [way for known in self._ways for way in every if way == known]
        ways = same or sorted(every, key=lambda way: way.cost)
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
            level, failing = self._wrong(attempt, key, before)
            if level < best:
                best, state.failing = level, failing
            if best == (0, 0) or tried >= WAYS:
                break
        state.level = best

    def _wrong(self, attempt: Attempt, key: Any, before: _State | None) -> tuple[tuple[int, int], tuple[str, ...]]:
        """How wrong it is under one calling convention, and the edges at which it fails."""
        if key not in self._tables:
            self._tables[key] = _Table(attempt, pairs=self.judgement.verdict in ("unknown", "stopped"))
        eps, best = attempt.tiers[-1], ((UNKNOWN, 0), tuple[str, ...]())
        for hypothesis in self._tables[key].like(attempt.observed(attempt.ordinary[0])):
            pages = (*hypothesis.pages, *map(clinic.page, attempt.convention.pages))
            mistakes = sum(page.kind == "mistake" for page in pages)
            if mistakes > best[0][0] or (before is not None and mistakes > before.level[0]):
                break
            if before is not None and mistakes == before.level[0] > 0:
                return before.level, before.failing  # no better than before
            if not attempt.explains(hypothesis, attempt.ordinary, eps):
                continue
            names = self._failing(attempt, hypothesis, eps, before)
            best = min(best, ((mistakes, len(names)), names))
        return best

    def _failing(self, attempt: Attempt, hypothesis: Hypothesis, eps: float, before: _State | None) -> tuple[str, ...]:
        """The edges that a hypothesis does not explain; if all those remain that failed before, no others are tried."""
        known = before.failing if before is not None else ()
        edges = sorted(attempt.edges, key=lambda edge: edge.name not in known)
        failing: list[str] = []
        for i, edge in enumerate(edges):
            if known and i == len(known) == len(failing):
                return known
            if not attempt.agree_on(hypothesis, [edge], eps):
                failing.append(edge.name)
        return tuple(failing)


class _Table:
    """What the formula and its changed forms give on the first probe."""

    def __init__(self, attempt: Attempt, pairs: bool) -> None:
        probe = attempt.ordinary[0]
        changes = [change for page in clinic.pages(attempt.task.name) for change in page.changes()]
        singles = sorted((Hypothesis((change,)) for change in changes), key=lambda one: one.cost)
        every = [RIGHT, *singles]
        if pairs:
            showing = [one for one in singles if attempt.predictions.shows(one)]
            every += [both for a, b in combinations(showing, 2) for both in joined(a, b)]
        self._names = sorted(attempt.predicted(RIGHT, probe).values)
        self._rows: list[Hypothesis] = []
        numbers = []
        for one in every:
            values = attempt.predicted(one, probe).values
            row = self._row(values)
            if row is not None and (not numbers or row.shape == numbers[0].shape):
                self._rows.append(one)
                numbers.append(row)
        self._numbers = np.array(numbers)

    def _row(self, values: Values) -> NDArray[np.float64] | None:
        if any(name not in values for name in self._names):
            return None
        parts = [np.asarray(values[name], np.float64).ravel() for name in self._names]
        return np.concatenate(parts) if parts else None

    def like(self, observed: Outcome) -> list[Hypothesis]:
        """Those that give the same, the cheapest first."""
        row = self._row(observed.values)
        if row is None or row.shape != self._numbers.shape[1:]:
            return []
        with np.errstate(all="ignore"):
            same = np.isclose(self._numbers, row, 1e-3, 1e-12, equal_nan=True).all(axis=1)
        return sorted((self._rows[i] for i in np.flatnonzero(same)), key=lambda one: one.cost)


def _count(judgement: Judgement) -> int:
    return sum(finding.kind in ("mistake", "edge") for finding in judgement.findings)


def after(definition: Definition, text: str) -> Definition | None:
    """The definition in its program after a mend; None if the program is no Python then."""
    made = not definition.is_class and _is_method(definition)
    try:
        tree = parse(text)
    except SyntaxError:
        return None
    body = tree.body[:-1] if made else tree.body
    lines = text.split("\n")
    program = "\n".join(lines[:-1]) if made else text
    for node in body:
        if made and isinstance(node, ast.ClassDef):
            outer = replace(
                definition, name=node.name, node=node, program=program, statements=tuple(body),
                lines=tuple(lines[node.lineno - 1 : node.end_lineno]),
            )  # fmt: skip
            found = next((one for one in methods(outer) if one.name == definition.name), None)
            if found is not None:
                return replace(found, heading=definition.heading)
        elif not made and isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == definition.name:
            own = tuple(lines[node.lineno - 1 : node.end_lineno])
            return replace(definition, node=node, program=text, statements=tuple(body), lines=own)
        elif (
            not made
            and isinstance(node, ast.Assign)
            and isinstance(node.value, ast.Lambda)
            and ast.unparse(node.targets[0]) == definition.name
        ):
            inside: list[ast.stmt] = [ast.copy_location(ast.Return(node.value.body), node)]
            function = ast.copy_location(ast.FunctionDef(definition.name, node.value.args, inside, []), node)
            own = tuple(lines[node.lineno - 1 : node.end_lineno])
            return replace(definition, node=function, program=text, statements=tuple(body), lines=own)
    return None


def tidied(definition: Definition) -> Definition | None:
    """The definition without statements such as ``p = p``, which a mend may leave."""
    source = Source(definition.program)
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Assign) and [ast.unparse(one) for one in node.targets] == [ast.unparse(node.value)]:
            place = source.rows(node.lineno, node.end_lineno or node.lineno)
            if source.text[place[0] : place[1]].strip() == source.of(node):
                shorter = after(definition, source.text[: place[0]] + source.text[place[1] :])
                return shorter and tidied(shorter)
    return definition


def _is_method(definition: Definition) -> bool:
    """Whether it is a method that is judged as a function: then its class is in the program, and a line that takes it
    out of the class.
    """
    return not any(definition.node.lineno >= first_line(node) and node.lineno == definition.node.lineno
                   for node in definition.statements)  # fmt: skip


__all__ = ["MENDED", "SECONDS", "TO_MEND", "Mended", "Result", "Search", "after"]
