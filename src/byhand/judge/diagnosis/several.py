"""Several mistakes at once: in one of the values alone, two in any lines, three and four in lines that look like it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

from byhand.judge.compare import agree
from byhand.judge.diagnosis.attempt import Attempt, Match
from byhand.judge.diagnosis.clinic import Change
from byhand.judge.diagnosis.explanation import IDLE, explanation
from byhand.judge.diagnosis.hypothesis import CONVENTION, MISTAKE, Hypothesis, joined
from byhand.judge.diagnosis.spot import line_of, numbers_in
from byhand.judge.model import Definition

__all__ = ["in_one_part", "more", "two"]

WAYS = 4
"""How many calling conventions are tried with several changes at once, the likeliest first."""
MOST, SETS = 4, 3000
"""The largest number of changes at once, and the largest number of sets of as many changes, that are tried."""


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


def two(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """Two changes at once that show on ordinary input, for the likeliest calling conventions."""
    for attempt in _likeliest(ways):
        showing = _showing(attempt, singles)
        pairs = [pair for a, b in combinations(showing, 2) for pair in joined(a, b)]
        harmless = [pair for pair in pairs if pair.cost == 2 * CONVENTION]
        pairs += [three for pair in harmless for one in showing for three in joined(pair, one)]
        match = explanation([attempt], pairs, singles)
        if match is not None:
            return match
    return None


def more(ways: Sequence[Attempt], singles: Sequence[Hypothesis]) -> Match | None:
    """Three or four changes at once, those first whose pages recognise one of the learner's lines."""
    definition = ways[0].definition
    ordered = sorted(singles, key=lambda one: not all(_found(definition, change) for change in one.changes))
    for attempt in _likeliest(ways):
        likely = _showing(attempt, ordered)
        for count in range(3, MOST + 1):
            match = explanation([attempt], _sets(likely, count), singles)
            if match is not None:
                return match if _needs_all(attempt, attempt.showing(match.hypothesis)) else None
    return None


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


def _found(definition: Definition, change: Change) -> bool:
    """Whether the page recognises one of the learner's lines, and the constant of the change is in that line."""
    line = line_of(definition, change.page)
    return line is not None and (change.constant is None or change.constant in numbers_in(definition, line))


def _sets(likely: Sequence[Hypothesis], count: int) -> list[Hypothesis]:
    """Sets of ``count`` changes that can be made together, those of the likeliest changes first."""
    sets: list[list[Hypothesis]] = [[] for _ in range(count + 1)]  # by the number of changes
    for one in likely:
        for size in range(count, 1, -1):
            sets[size] += [both for less in sets[size - 1] for both in joined(less, one)]
        sets[1].append(one)
        if len(sets[count]) >= SETS:
            break
    return sets[count][:SETS]


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
