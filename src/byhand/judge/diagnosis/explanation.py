"""The cheapest hypothesis that explains a program under one of its calling conventions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from byhand.judge.diagnosis.attempt import Attempt, Match
from byhand.judge.diagnosis.hypothesis import CONVENTION, MISTAKE, RIGHT, Hypothesis, joined
from byhand.judge.diagnosis.spot import line_of

AGAINST = "-swapped"
"""Ending of the pages of calling conventions that contradict the names of the inputs."""
IDLE = {"sgd/update-lost"}
"""Pages of programs that change nothing: any program seems to do so that is called in a way not meant for it."""


def explanation(
    ways: Sequence[Attempt], hypotheses: Sequence[Hypothesis], singles: Sequence[Hypothesis]
) -> Match | None:
    """The cheapest match that also explains the edges; otherwise the cheapest match, with ``singles`` for its edges."""

    @cache
    def sound() -> bool:
        return any(map(_sound, ways))

    for eps in max((attempt.tiers for attempt in ways), key=len, default=()):
        first: list[Match] = []
        whole: list[Match] = []
        astray = False
        for attempt, hypothesis in _by_cost(ways, hypotheses):
            attempt.session.check()
            match = Match(attempt, hypothesis, eps)
            changed, taken = hypothesis.ids, attempt.taken
            if changed & taken or len((changed | taken) & attempt.task.exclusive) > 1:
                continue
            if match.cost >= MISTAKE and not _may_be_named(attempt, hypothesis):
                continue
            if changed & IDLE and any(_does_something(other, match) for other in ways):
                continue
            if whole and match.cost > whole[0].cost:
                break
            if first and attempt.convention.cost >= first[0].attempt.convention.cost + MISTAKE:
                continue  # explaining an edge does not justify a convention against the program's own names
            if first and first[0].cost < CONVENTION and attempt is not first[0].attempt and not attempt.near(RIGHT):
                continue  # nor a mistake on ordinary input if the likeliest convention shows none there
            if match.cost >= MISTAKE and sound() and not attempt.near(RIGHT):
                continue  # the same before that convention explains it at this precision
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


def _sound(attempt: Attempt) -> bool:
    """Whether a likely calling convention makes the program right on ordinary input, at the coarsest precision."""
    return attempt.convention.cost < CONVENTION and attempt.runs and attempt.near(RIGHT) and attempt.natural(RIGHT)


def _does_something(other: Attempt, match: Match) -> bool:
    """Whether a likelier calling convention shows that the program is not idle."""
    likelier = other.convention.cost < match.attempt.convention.cost
    return likelier and other.runs and not other.near(match.hypothesis)


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
