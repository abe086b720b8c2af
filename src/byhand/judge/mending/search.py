"""The smallest set of mends after which the judge calls a program right.

A set is tried by running the mended program. What it then does tells whether to go on with it: whether it is right on
ordinary input and at the edges, or wrong by fewer known mistakes than before. Only the judge's own verdict ends the
search.
"""

from __future__ import annotations

import ast
import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from time import process_time
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Predictions
from byhand.judge.diagnosis.diagnose import diagnose
from byhand.judge.diagnosis.hypothesis import CONVENTION, RIGHT, Hypothesis
from byhand.judge.loading import load
from byhand.judge.mending.rewrite import Context
from byhand.judge.mending.table import TABLE, Kind, Mend, mends
from byhand.judge.mending.text import edited
from byhand.judge.model import Definition, Judgement, Probe
from byhand.judge.reading.methods import methods
from byhand.judge.reading.statements import first_line
from byhand.judge.reading.syntax import parse
from byhand.judge.session import Session
from byhand.judge.task import Task

SECONDS = 3.0
"""Processor time for the search in one definition."""
MOST = 4
"""How many mends a definition may get."""
WAYS = 4
"""How many calling conventions are tried with a mended program."""
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
    level: tuple[int, int]
    """How wrong it is: mistakes on ordinary input, edges that fail."""
    pages: tuple[str, ...]
    lines: tuple[int, ...]
    way: Any = None


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
        self._harmless: dict[Any, list[Hypothesis]] = {}
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
        start = self._state(self.judgement.definition, (), self.judgement)
        self._level(start)
        waiting: list[tuple[Any, int, _State]] = []
        number = count()
        heapq.heappush(waiting, ((start.level, 0, 0), next(number), start))
        while waiting:
            _, _, state = heapq.heappop(waiting)
            for mended in self._expand(state, start):
                self._check()
                done = self._judged(mended, state)
                if isinstance(done, Mended):
                    new = {f.mistake for f in done.judgement.findings if f.kind == "convention"} - self._known
                    if not new:
                        return done
                    if self._fallback is None:
                        self._fallback = done
                elif done is not None and len(done.chain) < MOST:
                    size = sum(mend.size for mend in done.chain)
                    heapq.heappush(waiting, ((done.level, len(done.chain), size), next(number), done))
        return self._fallback

    def _expand(self, state: _State, start: _State) -> Iterator[_State]:
        """The state after one more mend: first those of its pages at its lines, then those of its pages, then others."""
        context = Context(state.definition)
        own = [kind for kind in TABLE if self.task.name in kind.tasks and any(map(kind.of, state.pages))]
        others = [kind for kind in TABLE if self.task.name in kind.tasks and kind not in own and kind.alone]
        for group in (own, others):
            found = [mend for kind in group for mend in mends(kind, context)]
            order = {id(mend): i for i, mend in enumerate(found)}
            near = lambda mend: min((abs(mend.line - line) for line in state.lines), default=0)  # noqa: E731
            found.sort(key=lambda mend: (near(mend) > 0, mend.size > 12, near(mend), order[id(mend)]))
            for mend in found:
                text = edited(state.definition.program, mend.edits)
                if text is None or text in self._texts:
                    continue
                self._texts.add(text)
                definition = after(state.definition, text)
                if definition is not None:
                    yield replace(state, definition=definition, chain=(*state.chain, mend))

    def _state(self, definition: Definition, chain: tuple[Mend, ...], judgement: Judgement) -> _State:
        bad = [one for one in judgement.findings if one.kind in ("mistake", "edge")]
        pages = tuple(dict.fromkeys(one.mistake for one in bad if one.mistake))
        lines = tuple(dict.fromkeys(line for line in (*(one.line for one in bad), judgement.line) if line))
        return _State(definition, chain, (9, 9), pages, lines)

    def _judged(self, state: _State, before: _State) -> _State | Mended | None:
        """The mended program: right, better than before, or None."""
        session = self._session()
        if not load(session, state.definition).reply.ok:
            return None
        self._level(state, session)
        hidden = before.level == (0, 0)  # a mistake that no probe shows
        if state.level > before.level or (state.level == before.level and not hidden and before.level[0] < 3):
            return None
        if state.level == before.level and not hidden:
            return None
        if state.level[0] == 0 or state.level < before.level:
            judgement = diagnose(self.task, session, state.definition, self.seed)
            if judgement.verdict in MENDED:
                return Mended(state.definition, state.chain, judgement)
            if hidden and len(judgement.findings) >= len(self.judgement.findings):
                return None
            better = self._state(state.definition, state.chain, judgement)
            better.level = state.level
            return better
        return None

    def _level(self, state: _State, session: Session | None = None) -> None:
        """How wrong a program is."""
        if session is None:
            session = self._session()
            if not load(session, state.definition).reply.ok:
                state.level = (5, 0)
                return
        best = (4, 0)
        tried = 0
        for way in self.task.conventions(state.definition):
            self._check()
            key = self.task.reading(way)
            predictions = self._kept.setdefault(key, Predictions(self.task, way, self.seed))
            attempt = Attempt(predictions, session, state.definition, way)
            if not attempt.runs:
                continue
            tried += 1
            best = min(best, self._wrong(attempt, key))
            if best == (0, 0) or tried >= WAYS:
                break
        state.level = best

    def _wrong(self, attempt: Attempt, key: Any) -> tuple[int, int]:
        if key not in self._harmless:
            changes = [Hypothesis((change,)) for page in clinic.pages(self.task.name) for change in page.changes()]
            self._harmless[key] = [RIGHT, *sorted(changes, key=lambda one: one.cost)]
        eps = attempt.tiers[-1]
        first = attempt.ordinary[:1]
        for hypothesis in self._harmless[key]:
            if attempt.agree_on(hypothesis, first, eps) and attempt.explains(hypothesis, attempt.ordinary, eps):
                failing = sum(not attempt.agree_on(hypothesis, [edge], eps) for edge in attempt.edges)
                return (0 if hypothesis.cost <= CONVENTION else 1), failing
        return 3, 0


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


def _is_method(definition: Definition) -> bool:
    """Whether it is a method that is judged as a function: then its class is in the program, and a line that takes it
    out of the class.
    """
    return not any(definition.node.lineno >= first_line(node) and node.lineno == definition.node.lineno
                   for node in definition.statements)  # fmt: skip


__all__ = ["MENDED", "SECONDS", "TO_MEND", "Kind", "Mended", "Probe", "Result", "Search", "Sequence", "after"]
