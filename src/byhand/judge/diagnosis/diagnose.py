"""From what a program computes to the name of its mistake.

A *hypothesis* is a set of changes to the formula: none, one, or two. It explains a program if, under one way of
calling, it predicts what the program gives on every probe. The cheapest explanation wins: nothing changed before a
convention, a convention before a mistake, one before two, and a way of calling that the program's own names suggest
before others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any

from byhand.judge.budget import OutOfTime
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import CONVENTION, MISTAKE, RIGHT, Hypothesis, joined
from byhand.judge.diagnosis.trial import Match, Trial, trials
from byhand.judge.diagnosis.verdict import judgement, line_of, stopped, unknown
from byhand.judge.model import Definition, Judgement
from byhand.judge.session import Session
from byhand.judge.task import Task

WAYS = 4
"""Ways of calling for which pairs of changes are tried, the likeliest first."""


def diagnose(task: Task[Any], session: Session, definition: Definition, seed: int) -> Judgement:
    """Judge a definition as an implementation of ``task``; the session has its program loaded."""
    ways = trials(task, session, definition, seed)
    singles = _singles(task, definition)
    match = _explanation(ways, singles)
    if match is None:
        running = [trial for trial in ways if trial.runs]
        if not running:
            return stopped(task, definition, ways)
        try:
            match = _in_one_part(running, singles) or _pair(running, singles)
        except OutOfTime:  # it is wrong all the same: only the name of what is wrong was still looked for
            match = None
    if match is None:
        return unknown(task, definition, sorted(running, key=lambda trial: (not trial.fits, trial.convention.cost)))
    return judgement(task, session, definition, match, seed)


def _singles(task: Task[Any], definition: Definition) -> list[Hypothesis]:
    """Nothing changed, then every single change, cheap ones first."""
    constants = definition.constants
    changes = [change for page in clinic.pages(task.name) for change in page.changes(constants)]
    return sorted([RIGHT, *(Hypothesis((change,)) for change in changes)], key=lambda hypothesis: hypothesis.cost)


def _explanation(ways: Sequence[Trial], hypotheses: Iterable[Hypothesis]) -> Match | None:
    """The cheapest match that explains the edges too; failing that, the cheapest."""
    hypotheses = list(hypotheses)
    for eps in max((trial.tiers for trial in ways), key=len, default=()):
        first: list[Match] = []
        whole: list[Match] = []
        astray = False
        for trial, hypothesis in _by_cost(ways, hypotheses):
            trial.session.check()
            match = Match(trial, hypothesis, eps)
            changed = {page.id for page in hypothesis.pages}
            taken = set(trial.convention.pages)
            if changed & taken or len((changed | taken) & trial.task.exclusive) > 1:
                continue
            if whole and match.cost > whole[0].cost:
                break
            if first and trial.convention.cost >= first[0].trial.convention.cost + MISTAKE:
                continue  # to explain an edge, nothing that the program's own names speak against
            if first and first[0].cost < CONVENTION and trial is not first[0].trial and not trial.near(RIGHT):
                continue  # nor a mistake on ordinary input, on which nothing is wrong as its names say it is called
            if not (trial.near(hypothesis) and trial.explains(hypothesis, trial.ordinary, eps)):
                continue
            if not trial.natural(hypothesis) or (astray and hypothesis.cost >= MISTAKE and trial.strays(hypothesis)):
                astray = True  # what is right but for that is not called a mistake that makes up for another
            else:
                first += [match] if not first or match.cost == first[0].cost else []
                whole += [] if match.failing else [match]
        if whole:
            return max(whole, key=_known)
        if first:
            return _with_others(max(first, key=_known), hypotheses)
    return None


def _by_cost(ways: Sequence[Trial], hypotheses: Sequence[Hypothesis]) -> Iterator[tuple[Trial, Hypothesis]]:
    """Every way of calling with every hypothesis, the cheapest first; those that run."""
    groups: dict[int, list[Hypothesis]] = {}
    for hypothesis in hypotheses:
        groups.setdefault(hypothesis.cost, []).append(hypothesis)
    for total in sorted({trial.convention.cost + cost for trial in ways for cost in groups}):
        for trial in ways:
            for hypothesis in groups.get(total - trial.convention.cost, ()):
                if trial.runs:
                    yield trial, hypothesis


def _known(match: Match) -> int:
    """How many of its pages know the learner's own lines."""
    return sum(line_of(match.trial.definition, page) is not None for page in match.hypothesis.pages)


def _with_others(base: Match, hypotheses: Sequence[Hypothesis]) -> Match:
    """The match that explains more edges than ``base``, by further changes that do not show on ordinary input."""
    best = base
    while best.failing:
        wider = [Match(base.trial, both, base.eps) for one in hypotheses for both in joined(best.hypothesis, one)]
        better = [
            match
            for match in wider
            if match.trial.explains(match.hypothesis, match.trial.ordinary, match.eps)
            and len(match.failing) < len(best.failing)
        ]
        if not better:
            break
        best = min(better, key=lambda match: (len(match.failing), match.cost))
    return best


def _in_one_part(ways: Sequence[Trial], singles: Sequence[Hypothesis]) -> Match | None:
    """One change that only one of the values shows: lines that are written twice, and wrong once."""
    for trial in sorted(ways, key=lambda trial: trial.convention.cost)[:WAYS]:
        parts = [trial.only(part) for part in trial.task.parts(trial.convention)]
        found = [_explanation([part], singles) for part in parts]
        good = next((match for match in found if match and match.hypothesis.cost < MISTAKE), None)
        if good is None:
            continue
        wider = [both for single in singles for both in joined(good.hypothesis, single)]
        bad = [match or _explanation([part], wider) for part, match in zip(parts, found, strict=True)]
        if all(bad):
            return max(filter(None, bad), key=lambda match: match.cost)
    return None


def _pair(ways: Sequence[Trial], singles: Sequence[Hypothesis]) -> Match | None:
    """Two changes at once that show on ordinary input, for the likeliest ways of calling."""
    for trial in sorted(ways, key=lambda trial: trial.convention.cost)[:WAYS]:
        there = {None, *trial.definition.numbers}  # two changes at once, and a constant that is nowhere: no
        likely = [single for single in singles[1:] if all(change.constant in there for change in single.changes)]
        showing = [single for single in likely if trial.book.shows(single)]
        pairs = [pair for a, b in combinations(showing, 2) for pair in joined(a, b)]
        harmless = [pair for pair in pairs if pair.cost == 2 * CONVENTION]
        pairs += [three for pair in harmless for one in showing for three in joined(pair, one)]
        match = _explanation([trial], sorted(pairs, key=lambda pair: pair.cost))
        if match is not None:
            return match
    return None
