"""From a program's results to the name of its mistake.

A *hypothesis* is a set of changes to the formula: none, one, or two. It explains a program if, under one calling
convention, it predicts the program's results on every probe. The cheapest explanation wins: no change before a
convention, a convention before a mistake, one mistake before two, and calling conventions that the program's own names
suggest before others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Kept, Match, attempts
from byhand.judge.diagnosis.clinic import Change
from byhand.judge.diagnosis.hypothesis import CONVENTION, MISTAKE, RIGHT, Hypothesis, joined
from byhand.judge.diagnosis.spot import line_of, numbers_in
from byhand.judge.diagnosis.verdict import judgement, stopped, unknown
from byhand.judge.model import Definition, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Task

AGAINST = "-swapped"
"""Ending of the pages of calling conventions that contradict the names of the inputs."""
AGAIN = 7919
"""Added to the seed for the second draw of the probes."""
WAYS = 4
"""How many calling conventions are tried with several changes at once, the likeliest first."""
MOST, SETS = 4, 3000
"""The largest number of changes at once, and the largest number of sets of as many changes, that are tried."""


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
    match = _explanation(ways, singles, singles)
    if match is None:
        running = [attempt for attempt in ways if attempt.runs]
        if not running:
            return stopped(task, definition, ways), None
        try:
            match = _in_one_part(running, singles) or _pair(running, singles) or _more(running, singles)
        except OutOfTime:  # it is wrong in any case; only the name of the mistake was still missing
            match = None
    if match is None:
        return _unknown(task, definition, running), None
    return judgement(task, session, definition, match, seed), match


def _unknown(task: Task[Any], definition: Definition, ways: Sequence[Attempt]) -> Judgement:
    return unknown(task, definition, sorted(ways, key=lambda way: (not way.fits, way.convention.cost)))


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
    right = _explanation(ways, harmless, singles) if wrong else None
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
    running = [attempt for attempt in ways if attempt.runs]
    return _unknown(task, definition, running) if running else found


def _singles(task: Task[Any], definition: Definition) -> list[Hypothesis]:
    """No change, then every single change, cheap ones first."""
    constants = definition.constants
    changes = [change for page in clinic.pages(task.name) for change in page.changes(constants)]
    return sorted([RIGHT, *(Hypothesis((change,)) for change in changes)], key=lambda hypothesis: hypothesis.cost)


def _explanation(
    ways: Sequence[Attempt], hypotheses: Sequence[Hypothesis], singles: Sequence[Hypothesis]
) -> Match | None:
    """The cheapest match that also explains the edges; otherwise the cheapest match, with ``singles`` for its edges."""
    for eps in max((attempt.tiers for attempt in ways), key=len, default=()):
        first: list[Match] = []
        whole: list[Match] = []
        astray = False
        for attempt, hypothesis in _by_cost(ways, hypotheses):
            attempt.session.check()
            match = Match(attempt, hypothesis, eps)
            changed = {page.id for page in hypothesis.pages}
            taken = set(attempt.convention.pages)
            if changed & taken or len((changed | taken) & attempt.task.exclusive) > 1:
                continue
            if match.cost >= MISTAKE and not _may_be_named(attempt, hypothesis):
                continue
            if whole and match.cost > whole[0].cost:
                break
            if first and attempt.convention.cost >= first[0].attempt.convention.cost + MISTAKE:
                continue  # explaining an edge does not justify a convention against the program's own names
            if first and first[0].cost < CONVENTION and attempt is not first[0].attempt and not attempt.near(RIGHT):
                continue  # nor a mistake on ordinary input if the likeliest convention shows none there
            if not (attempt.near(hypothesis) and attempt.explains(hypothesis, attempt.ordinary, eps)):
                continue
            if not attempt.natural(hypothesis) or (
                astray and hypothesis.cost >= MISTAKE and attempt.strays(hypothesis)
            ):
                astray = True  # report no mistake that only compensates for this
            else:
                first += [match] if not first or match.cost == first[0].cost else []
                whole += [] if match.failing else [match]
        if whole:
            return max(whole, key=_lines_found)
        if first:
            return _with_others(max(first, key=_lines_found), singles)
    return None


def _may_be_named(attempt: Attempt, hypothesis: Hypothesis) -> bool:
    """Whether a mistake may be named for this attempt.

    Its results must have a number other than 0 and ∞, or a line of the program must match the page; and the calling
    convention must not contradict the names of the inputs.
    """
    against = any(page.endswith(AGAINST) for page in attempt.convention.pages)
    if against and hypothesis.cost >= MISTAKE:
        return False
    return attempt.tells or any(line_of(attempt.definition, page) is not None for page in hypothesis.pages)


def _by_cost(ways: Sequence[Attempt], hypotheses: Sequence[Hypothesis]) -> Iterator[tuple[Attempt, Hypothesis]]:
    """Every running calling convention with every hypothesis, the cheapest first."""
    groups: dict[int, list[Hypothesis]] = {}
    for hypothesis in hypotheses:
        groups.setdefault(hypothesis.cost, []).append(hypothesis)
    for total in sorted({attempt.convention.cost + cost for attempt in ways for cost in groups}):
        for attempt in ways:
            for hypothesis in groups.get(total - attempt.convention.cost, ()):
                if attempt.runs:
                    yield attempt, hypothesis


def _lines_found(match: Match) -> int:
    """How many of its pages recognise one of the learner's lines."""
    return sum(line_of(match.attempt.definition, page) is not None for page in match.hypothesis.pages)


def _with_others(base: Match, hypotheses: Sequence[Hypothesis]) -> Match:
    """The match that explains more edges than ``base``, by further changes that do not show on ordinary input.

    Nor may they show there without the changes of ``base``, such as one that makes all results nan.
    """
    best = base
    at_edges = [one for one in hypotheses if not base.attempt.shows(one)] if base.failing else []
    while best.failing:
        wider = [Match(base.attempt, both, base.eps) for one in at_edges for both in joined(best.hypothesis, one)]
        better = [
            match
            for match in wider
            if match.attempt.explains(match.hypothesis, match.attempt.ordinary, match.eps)
            and len(match.failing) < len(best.failing)
        ]
        if not better:
            break
        best = min(better, key=lambda match: (len(match.failing), match.cost))
    return best


def _in_one_part(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """One change that shows in only one of the values: a line that is written twice, and wrong once."""
    for attempt in sorted(ways, key=lambda attempt: attempt.convention.cost)[:WAYS]:
        parts = [attempt.only(part) for part in attempt.task.parts(attempt.convention)]
        found = [_explanation([part], singles, singles) for part in parts]
        good = next((match for match in found if match and match.hypothesis.cost < MISTAKE), None)
        if good is None:
            continue
        wider = [both for single in singles for both in joined(good.hypothesis, single)]
        bad = [match or _explanation([part], wider, wider) for part, match in zip(parts, found, strict=True)]
        if all(bad):
            return max(filter(None, bad), key=lambda match: match.cost)
    return None


def _pair(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """Two changes at once that show on ordinary input, for the likeliest calling conventions."""
    for attempt in sorted(ways, key=lambda attempt: attempt.convention.cost)[:WAYS]:
        showing = _showing(attempt, singles)
        pairs = [pair for a, b in combinations(showing, 2) for pair in joined(a, b)]
        harmless = [pair for pair in pairs if pair.cost == 2 * CONVENTION]
        pairs += [three for pair in harmless for one in showing for three in joined(pair, one)]
        match = _explanation([attempt], pairs, singles)
        if match is not None:
            return match
    return None


def _more(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """Three or four changes at once, those first whose pages recognise one of the learner's lines."""
    for attempt in sorted(ways, key=lambda attempt: attempt.convention.cost)[:WAYS]:
        definition = attempt.definition
        likely = sorted(_showing(attempt, singles), key=lambda one: not all(_found(definition, c) for c in one.changes))
        for count in range(3, MOST + 1):
            match = _explanation([attempt], _sets(likely, count), singles)
            if match is not None:
                return match
    return None


def _found(definition: Definition, change: Change) -> bool:
    """Whether the page recognises one of the learner's lines, and the constant of the change is in that line."""
    line = line_of(definition, change.page)
    return line is not None and (change.constant is None or change.constant in numbers_in(definition, line))


def _sets(likely: Sequence[Hypothesis], count: int) -> list[Hypothesis]:
    """Sets of ``count`` changes that can be made together, those of the likeliest changes first."""
    sets: list[list[Hypothesis]] = [[] for _ in range(count + 1)]  # by the number of changes
    for one in likely:
        for size in range(count, 1, -1):
            sets[size] += [more for less in sets[size - 1] for more in joined(less, one)]
        sets[1].append(one)
        if len(sets[count]) >= SETS:
            break
    return sets[count][:SETS]


def _showing(attempt: Attempt, singles: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The changes that show on ordinary input, without constants that are not in the learner's text."""
    there = {None, *attempt.definition.numbers}
    likely = [single for single in singles[1:] if all(change.constant in there for change in single.changes)]
    return [single for single in likely if attempt.shows(single)]
