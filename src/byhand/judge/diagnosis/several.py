"""Several mistakes at once: in one of the values alone, two in any lines, three and four in lines that look like it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from byhand.judge.compare import agree
from byhand.judge.diagnosis.attempt import Attempt, Match
from byhand.judge.diagnosis.explanation import IDLE, explanation
from byhand.judge.diagnosis.hypothesis import CONVENTION, MISTAKE, Hypothesis, joined
from byhand.judge.diagnosis.spot import line_of, numbers_in
from byhand.judge.model import Definition

__all__ = ["in_one_part", "several"]

WAYS = 4
"""How many calling conventions are tried with several changes at once, the likeliest first."""
MOST, SETS, FEW = 4, 3000, 600
"""The largest number of changes at once; and of sets of as many changes that are tried, and of those tried first."""


def in_one_part(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """One change that shows in only one of the values: a line that is written twice, and wrong once."""
    for attempt in _likeliest(ways):
        parts = [attempt.only(part) for part in attempt.task.parts(attempt.convention)]
        found = [explanation([part], singles, singles) for part in parts]
        good = next((match for match in found if match and match.hypothesis.cost < MISTAKE), None)
        if good is None:
            continue
        wider = [both for single in singles for both in joined(good.hypothesis, single)]
        bad = [match or explanation([part], wider, wider) for part, match in zip(parts, found, strict=True)]
        if all(bad):
            return max(filter(None, bad), key=lambda match: match.cost)
    return None


def several(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """Two to four changes at once that show on ordinary input, for the likeliest calling conventions.

    First among those whose pages recognise one of the learner's lines: they are few, and mostly the answer.
    """
    likeliest = _likeliest(ways)
    for attempt in likeliest:
        showing = _showing(attempt, singles)
        match = _recognised(attempt, showing, singles) or explanation([attempt], _pairs(showing), singles)
        if match is not None:
            return match
    for attempt in likeliest:
        ordered = sorted(_showing(attempt, singles), key=lambda one: not _has_lines(attempt.definition, one))
        for size in range(3, MOST + 1):
            match = explanation([attempt], _sets(ordered, size, SETS), singles)
            if match is not None:
                return match if _needs_all(attempt, attempt.showing(match.hypothesis)) else None
    return None


def _recognised(attempt: Attempt, showing: Sequence[Hypothesis], singles: Sequence[Hypothesis]) -> Match | None:
    """An explanation by changes whose pages recognise lines, if it explains the edges too."""
    found = [one for one in showing if _has_lines(attempt.definition, one)]
    for size in range(2, MOST + 1):
        match = explanation([attempt], _pairs(found) if size == 2 else _sets(found, size, FEW), singles)
        if match is not None and not match.failing:
            return match if size == 2 or _needs_all(attempt, attempt.showing(match.hypothesis)) else None
    return None


def _pairs(showing: Sequence[Hypothesis]) -> list[Hypothesis]:
    """Any two changes that can be made together; if both are conventions, with any third one too."""
    pairs = [pair for a, b in combinations(showing, 2) for pair in joined(a, b)]
    harmless = [pair for pair in pairs if pair.cost == 2 * CONVENTION]
    return pairs + [three for pair in harmless for one in showing for three in joined(pair, one)]


def _likeliest(ways: Sequence[Attempt]) -> list[Attempt]:
    return sorted(ways, key=lambda attempt: attempt.convention.cost)[:WAYS]


def _needs_all(attempt: Attempt, hypothesis: Hypothesis) -> bool:
    """Whether no two of the changes cancel each other: without them the rest predicts something else."""
    whole = [attempt.predicted(hypothesis, probe) for probe in attempt.ordinary]
    rests = map(Hypothesis, combinations(hypothesis.changes, len(hypothesis.changes) - 2))
    return not any(
        all(agree(attempt.predicted(rest, probe), one) for probe, one in zip(attempt.ordinary, whole, strict=True))
        for rest in rests
    )


def _has_lines(definition: Definition, one: Hypothesis) -> bool:
    """Whether the pages recognise lines of the learner, and the constants of the changes are in those lines."""
    lines = [(change.constant, line_of(definition, change.page)) for change in one.changes]
    return all(line is not None and (c is None or c in numbers_in(definition, line)) for c, line in lines)


def _sets(likely: Sequence[Hypothesis], count: int, most: int) -> list[Hypothesis]:
    """At most ``most`` sets of ``count`` changes that can be made together, those of the likeliest changes first."""
    sets: list[list[Hypothesis]] = [[] for _ in range(count + 1)]  # by the number of changes
    for one in likely:
        for size in range(count, 1, -1):
            sets[size] += [both for less in sets[size - 1] for both in joined(less, one)]
        sets[1].append(one)
        if len(sets[count]) >= most:
            break
    return sets[count][:most]


def _showing(attempt: Attempt, singles: Sequence[Hypothesis]) -> list[Hypothesis]:
    """The changes that show on ordinary input, without constants that are not in the learner's text.

    An idle program has no other mistakes that show.
    """
    there = {None, *attempt.definition.numbers}
    likely = [
        single
        for single in singles
        if single.changes and all(change.constant in there and change.page.id not in IDLE for change in single.changes)
    ]
    return [single for single in likely if attempt.shows(single)]
