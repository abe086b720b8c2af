"""From a program's results to the name of its mistake.

A *hypothesis* is a set of changes to the formula, up to four. It explains a program if, under one calling
convention, it predicts the program's results on every probe. The cheapest explanation wins: no change before a
convention, a convention before a mistake, one mistake before two, and calling conventions that the program's own names
suggest before others.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Kept, Match, attempts
from byhand.judge.diagnosis.explanation import explanation
from byhand.judge.diagnosis.hypothesis import MISTAKE, RIGHT, Hypothesis
from byhand.judge.diagnosis.several import in_one_part, several
from byhand.judge.diagnosis.verdict import judgement, stopped, unknown
from byhand.judge.model import Definition, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Task

AGAIN = 7919
"""Added to the seed for the second draw of the probes."""


def diagnose(
    task: Task[Any], session: Session, definition: Definition, seed: int, kept: Kept | None = None
) -> Judgement:
    """Judge a definition as an implementation of ``task``; the session has its program loaded.

    ``kept`` is filled with predictions, which other versions of the program can use.
    """
    ways = attempts(task, session, definition, seed, kept)
    singles = _singles(task, definition)
    found, match = _first(task, session, definition, ways, singles, seed)
    if found.verdict not in ("mistaken", "unknown"):
        return found
    try:
        return _reproduced(task, session, definition, found, match, ways, singles, seed + AGAIN)
    except OutOfTime:
        return found


def _first(
    task: Task[Any],
    session: Session,
    definition: Definition,
    ways: Sequence[Attempt],
    singles: Sequence[Hypothesis],
    seed: int,
) -> tuple[Judgement, Match | None]:
    """The judgement on the first draw of the probes, and the match that explains the program."""
    match = explanation(ways, singles, singles)
    if match is None:
        running = [attempt for attempt in ways if attempt.runs]
        if not running:
            return stopped(task, definition, ways), None
        try:
            match = in_one_part(running, singles) or several(running, singles)
        except OutOfTime:  # it is wrong in any case; only the name of the mistake was still missing
            match = None
    if match is None:
        return _unknown(task, definition, ways), None
    return judgement(task, session, definition, match, seed), match


def _unknown(task: Task[Any], definition: Definition, ways: Sequence[Attempt]) -> Judgement:
    running = [attempt for attempt in ways if attempt.runs]
    others = [attempt.observed(attempt.ordinary[0]) for attempt in ways if not attempt.runs]
    return unknown(task, definition, sorted(running, key=lambda way: (not way.fits, way.convention.cost)), others)


def _reproduced(
    task: Task[Any],
    session: Session,
    definition: Definition,
    found: Judgement,
    match: Match | None,
    first: Sequence[Attempt],
    singles: Sequence[Hypothesis],
    seed: int,
) -> Judgement:
    """The judgement ``found``, if a second draw of the probes confirms it; else a weaker one.

    A program that is right on the second draw gets that judgement, unless it was also right on the ordinary probes of
    the first one: then it was accused for something else. A mistake that does not explain the second draw is not named.
    """
    ways = attempts(task, session, definition, seed)
    wrong = match is None or match.cost >= MISTAKE
    harmless = [single for single in singles if single.cost < MISTAKE]
    right = explanation(ways, harmless, singles) if wrong else None
    if right is not None and right.cost < MISTAKE:
        before = [attempt for attempt in first if attempt.convention == right.attempt.convention]
        if not any(attempt.runs and attempt.near(right.hypothesis) for attempt in before):
            return judgement(task, session, definition, right, seed)
    if match is None or not wrong:
        return found
    part = match.attempt.part
    same = [attempt for attempt in ways if attempt.convention == match.attempt.convention and attempt.runs]
    same = [attempt.only(part) for attempt in same] if part else same
    alike = [single for single in singles if single.pages == match.hypothesis.pages]  # with another constant
    for hypothesis in (match.hypothesis, *alike):
        if all(attempt.explains(hypothesis, attempt.ordinary, match.eps) for attempt in same):
            return found
    return _unknown(task, definition, ways) if any(attempt.runs for attempt in ways) else found


def _singles(task: Task[Any], definition: Definition) -> list[Hypothesis]:
    """No change, then every single change, cheap ones first."""
    constants = definition.constants
    changes = [change for page in clinic.pages(task.name) for change in page.changes(constants)]
    return sorted([RIGHT, *(Hypothesis((change,)) for change in changes)], key=lambda hypothesis: hypothesis.cost)
