"""From what a program computes to the name of its mistake.

A *hypothesis* is a set of changes to the formula: none, one, or two. It explains a program if, under one way of
calling, it predicts what the program gives on every probe. The cheapest explanation wins: nothing changed before a
convention, a convention before a mistake, one before two, and a way of calling that the program's own names suggest
before others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, product
from re import MULTILINE, search
from typing import Any, Literal

import numpy as np

from byhand.judge import clinic
from byhand.judge.clinic import Change, Page
from byhand.judge.compare import TIERS, agree
from byhand.judge.model import NO_NUMBER, Definition, Finding, Judgement, Outcome, Probe, Verdict
from byhand.judge.session import Session
from byhand.judge.task import Convention, Task

MISTAKE, CONVENTION = 100, 10
"""Costs of a change; those of calling conventions lie below 10, a strange one above."""
WAYS = 4
"""Ways of calling for which pairs of changes are tried, the likeliest first."""


@dataclass(frozen=True)
class Hypothesis:
    """The formula with these changes."""

    changes: tuple[Change, ...] = ()

    @property
    def pages(self) -> tuple[Page, ...]:
        """Of the changes."""
        return tuple(change.page for change in self.changes)

    @property
    def cost(self) -> int:
        """The less, the sooner believed."""
        return sum(MISTAKE if page.kind == "mistake" else CONVENTION for page in self.pages)


RIGHT = Hypothesis()


class Trial:
    """A learner's program under one way of calling; what it gave is kept, and what hypotheses predict."""

    def __init__(
        self, task: Task[Any], session: Session, definition: Definition, convention: Convention, seed: int
    ) -> None:
        self.task, self.session, self.definition, self.convention = task, session, definition, convention
        self._seed = seed
        self._seen: dict[str, Outcome] = {}
        self._predicted: dict[tuple[Hypothesis, str], Outcome] = {}

    @cached_property
    def ordinary(self) -> Sequence[Probe]:
        """The same draw for every way of calling."""
        return self.task.ordinary(self.convention, np.random.default_rng(self._seed))

    @cached_property
    def edges(self) -> Sequence[Probe]:
        """Likewise."""
        return self.task.edges(self.convention, np.random.default_rng(self._seed + 1))

    def seen(self, probe: Probe) -> Outcome:
        """What the learner's program gives; asked once."""
        if probe.name not in self._seen:
            self._seen[probe.name] = self.task.observe(self.session, self.definition, self.convention, probe)
        return self._seen[probe.name]

    def predicted(self, hypothesis: Hypothesis, probe: Probe) -> Outcome:
        """What a changed formula gives. It may raise where the formula does not, and that is an outcome too."""
        key = (hypothesis, probe.name)
        if key not in self._predicted:
            try:
                names = clinic.program(self.task.name, hypothesis.changes)
                self._predicted[key] = self.task.predict(names, self.convention, probe)
            except Exception as error:
                if not hypothesis.changes:
                    raise
                self._predicted[key] = Outcome(error=type(error).__name__, message=str(error))
        return self._predicted[key]

    def agrees(self, hypothesis: Hypothesis, probe: Probe, eps: float) -> bool:
        """Whether the hypothesis explains this probe."""
        return agree(self.seen(probe), self.predicted(hypothesis, probe), eps)

    def explains(self, hypothesis: Hypothesis, probes: Iterable[Probe], eps: float) -> bool:
        """Whether it explains all of them, and one of them by more than failing where the program fails."""
        numbers = False
        for probe in probes:
            if not self.agrees(hypothesis, probe, eps):
                return False
            numbers = numbers or not self.seen(probe).error
        return numbers

    @property
    def fits(self) -> bool:
        """Whether the program's first answer has what the formula's has, in the same shapes."""
        probe = self.ordinary[0]
        seen, wanted = self.seen(probe).values, self.predicted(RIGHT, probe).values
        return all(key in seen and seen[key].shape == np.shape(wanted[key]) for key in wanted)

    def shows(self, hypothesis: Hypothesis) -> bool:
        """Whether the changes make a difference on ordinary input, read in this way."""
        return not all(
            agree(self.predicted(hypothesis, probe), self.predicted(RIGHT, probe)) for probe in self.ordinary
        )

    @cached_property
    def runs(self) -> bool:
        """Whether the program gives anything at all under this way of calling."""
        return any(self.seen(probe).values for probe in self.ordinary)


@dataclass(frozen=True)
class Match:
    """A hypothesis that explains all ordinary probes."""

    trial: Trial
    hypothesis: Hypothesis
    eps: float

    @property
    def cost(self) -> int:
        """Of hypothesis and way of calling together."""
        return self.hypothesis.cost + self.trial.convention.cost

    @property
    def failing(self) -> list[Probe]:
        """The edges it does not explain."""
        return [edge for edge in self.trial.edges if not self.trial.agrees(self.hypothesis, edge, self.eps)]


def diagnose(task: Task[Any], session: Session, definition: Definition, seed: int) -> Judgement:
    """Judge a definition as an implementation of ``task``; the session has its program loaded."""
    trials = [Trial(task, session, definition, way, seed) for way in task.conventions(definition)]
    running = [trial for trial in trials if trial.runs]
    if not running:
        return _stopped(task, definition, trials)
    singles = _singles(task, definition)
    match = _explanation(running, singles) or _pair(running, singles)
    if match is None:
        return _unknown(task, definition, min(running, key=lambda trial: (not trial.fits, trial.convention.cost)))
    return _judgement(task, session, definition, match, seed)


def _singles(task: Task[Any], definition: Definition) -> list[Hypothesis]:
    """Nothing changed, then every single change, cheap ones first."""
    constants = definition.constants
    changes = [change for page in clinic.pages(task.name) for change in page.changes(constants)]
    return sorted([RIGHT, *(Hypothesis((change,)) for change in changes)], key=lambda hypothesis: hypothesis.cost)


def _explanation(trials: Sequence[Trial], hypotheses: Iterable[Hypothesis]) -> Match | None:
    """The cheapest match that explains the edges too; failing that, the cheapest."""
    hypotheses = list(hypotheses)
    tried = [(trial, hypothesis) for trial in trials for hypothesis in hypotheses]
    tried.sort(key=lambda pair: pair[0].convention.cost + pair[1].cost)
    for eps in TIERS:
        first: Match | None = None
        whole: list[Match] = []
        for trial, hypothesis in tried:
            match = Match(trial, hypothesis, eps)
            if any(page.id in trial.convention.pages for page in hypothesis.pages):
                continue
            if whole and match.cost > whole[0].cost:
                break
            if first and trial.convention.cost >= first.trial.convention.cost + MISTAKE:
                continue  # to explain an edge, nothing that the program's own names speak against
            if trial.explains(hypothesis, trial.ordinary, eps):
                first = first or match
                whole += [] if match.failing else [match]
        if whole:
            return _likeliest(whole)
        if first is not None:
            return _with_others(first, hypotheses)
    return None


def _likeliest(matches: Sequence[Match]) -> Match:
    """Of several, all equally cheap, one whose pages know the learner's own lines."""
    return max(
        matches,
        key=lambda match: sum(line_of(match.trial.definition, page) is not None for page in match.hypothesis.pages),
    )


def _with_others(base: Match, hypotheses: Sequence[Hypothesis]) -> Match:
    """The match that explains more edges than ``base``, by further changes that do not show on ordinary input."""
    best = base
    while best.failing:
        wider = [Match(base.trial, joined, base.eps) for one in hypotheses for joined in _joined(best.hypothesis, one)]
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


def _pair(trials: Sequence[Trial], singles: Sequence[Hypothesis]) -> Match | None:
    """Two changes at once that show on ordinary input, for the likeliest ways of calling."""
    for trial in sorted(trials, key=lambda trial: trial.convention.cost)[:WAYS]:
        there = {None, *trial.definition.numbers}  # two changes at once, and a constant that is nowhere: no
        likely = [single for single in singles[1:] if all(change.constant in there for change in single.changes)]
        showing = [single for single in likely if trial.shows(single)]
        pairs = [pair for a, b in combinations(showing, 2) for pair in _joined(a, b)]
        harmless = [pair for pair in pairs if pair.cost == 2 * CONVENTION]
        pairs += [three for pair in harmless for one in showing for three in _joined(pair, one)]
        match = _explanation([trial], sorted(pairs, key=lambda pair: pair.cost))
        if match is not None:
            return match
    return None


def _joined(a: Hypothesis, b: Hypothesis) -> Iterator[Hypothesis]:
    """Both sets of changes, if they are of different pages and lines."""
    pages = {page.id for page in a.pages}
    if b.changes and not any(page.id in pages for page in b.pages):
        lines = [line for page in (*a.pages, *b.pages) for line in page.line.split("\n")]
        if len(lines) == len(set(lines)):
            yield Hypothesis((*a.changes, *b.changes))


def _judgement(task: Task[Any], session: Session, definition: Definition, match: Match, seed: int) -> Judgement:
    trial, hypothesis = match.trial, match.hypothesis
    harmless = Hypothesis(tuple(change for change in hypothesis.changes if change.page.kind == "convention"))
    # What single precision does not show is no mistake on ordinary input.
    ordinary = any(trial.explains(one, trial.ordinary, TIERS[-1]) for one in (RIGHT, harmless))
    pages = [*hypothesis.pages, *(clinic.page(id) for id in trial.convention.pages)]
    findings = [_finding(match, page) for page in pages]
    failing = match.failing if ordinary else []  # what is wrong on ordinary input breaks at edges in ways of its own
    findings += [_edge(match, edge) for edge in failing]
    wrong = any(page.kind == "mistake" for page in pages)
    beyond = list(task.beyond(session, definition, trial.convention, np.random.default_rng(seed + 2)))
    findings += [finding for finding in beyond if not (wrong and finding.kind == "convention")]
    kinds = {finding.kind for finding in findings}
    # A mistake in a line is forgiven where ordinary input does not show it; one in the call or the structure is not.
    grave = [*beyond, *findings[len(hypothesis.pages) : len(pages)], *(() if ordinary else findings[: len(pages)])]
    verdict: Verdict
    if any(finding.kind == "mistake" for finding in grave):
        verdict = "mistaken"
    elif kinds & {"mistake", "edge"}:
        verdict = "fragile"
    else:
        verdict = "convention" if "convention" in kinds else "right"
    return Judgement(definition, verdict, task.name, trial.convention.describe(), tuple(findings))


def _finding(match: Match, page: Page) -> Finding:
    """A page, with the first probe on which the program leaves the formula, and leaves it because of this page."""
    trial, hypothesis = match.trial, match.hypothesis
    kind: Literal["mistake", "convention"] = "convention" if page.kind == "convention" else "mistake"
    line = line_of(trial.definition, page)
    plain = trial.task.plain(trial.convention)
    for probe in trial.ordinary if kind == "mistake" and page.id in trial.convention.pages else ():
        wanted = trial.task.predict(clinic.program(trial.task.name), plain, probe)
        if not agree(trial.seen(probe), wanted, match.eps):
            return Finding(page.id, kind, line, "", *difference(trial.seen(probe), wanted), trial.task.show(probe))
    others = Hypothesis(tuple(change for change in hypothesis.changes if change.page != page))
    probes = [
        probe
        for probe in (*trial.ordinary, *trial.edges)
        if others == hypothesis or not agree(trial.predicted(others, probe), trial.predicted(hypothesis, probe))
    ]
    for eps, probe in product((TIERS[-1], match.eps), probes):
        if not trial.agrees(RIGHT, probe, eps):
            seen = trial.seen(probe)
            yours, formula = difference(seen, trial.predicted(RIGHT, probe))
            edge = probe.name if probe.edge else ""
            return Finding(page.id, kind, seen.line or line, edge, yours, formula, trial.task.show(probe))
    return Finding(page.id, kind, line)


def _edge(match: Match, edge: Probe) -> Finding:
    """An edge at which the program breaks in a way that no page knows."""
    seen, wanted = match.trial.seen(edge), match.trial.predicted(RIGHT, edge)
    yours, formula = difference(seen, wanted)
    return Finding("", "edge", seen.line, edge.name, yours, formula, match.trial.task.show(edge))


def _unknown(task: Task[Any], definition: Definition, trial: Trial) -> Judgement:
    """Wrong in a way that is not known, with the smallest counter-example."""
    probe = next(probe for probe in trial.ordinary if not trial.agrees(RIGHT, probe, TIERS[-1]))
    yours, formula = difference(trial.seen(probe), trial.predicted(RIGHT, probe))
    finding = Finding("", "mistake", trial.seen(probe).line, "", yours, formula, task.show(probe))
    return Judgement(definition, "unknown", task.name, trial.convention.describe(), (finding,))


def _stopped(task: Task[Any], definition: Definition, trials: Sequence[Trial]) -> Judgement:
    """It fails under every way of calling; the likeliest one's exception is the one to show."""
    if not trials:
        return Judgement(definition, "unrecognised")
    outcomes = [trial.seen(trial.ordinary[0]) for trial in trials]
    if any(outcome.error == NO_NUMBER for outcome in outcomes):
        return Judgement(definition, "unrecognised")
    outcome = outcomes[0]
    finding = task.of_error(definition, outcome)
    if finding is not None:
        return Judgement(definition, "mistaken", task.name, findings=(finding,), line=outcome.line)
    if task.called_wrongly(definition, trials[0].convention, outcome):
        return Judgement(definition, "unrecognised")
    return Judgement(definition, "stopped", task.name, stopped="error", detail=outcome.sentence, line=outcome.line)


def line_of(definition: Definition, page: Page) -> int | None:
    """The first of the learner's lines that the page's pattern knows."""
    if page.pattern:
        match = search(page.pattern, definition.source, MULTILINE)
        if match:
            return definition.node.lineno + definition.source.count("\n", 0, match.start())
    return None


def difference(seen: Outcome, wanted: Outcome) -> tuple[str, str]:
    """The first number in which the two differ most, as text: the learner's and the formula's."""
    if seen.error:
        return seen.sentence, _first(wanted)
    for key in wanted.values:
        if key not in seen.values:
            continue
        a, b = np.asarray(seen.values[key], np.float64), np.asarray(wanted.values[key], np.float64)
        if a.shape != b.shape:
            return f"{key} of shape {a.shape}", f"{key} of shape {b.shape}"
        with np.errstate(invalid="ignore"):
            gap = np.abs(a - b) / (np.abs(b) + 1e-300)
        gap = np.where(np.isnan(a) & np.isnan(b) | (a == b), 0.0, np.where(np.isfinite(gap), gap, np.inf))
        if gap.max(initial=0.0) > 1e-12:
            i = np.unravel_index(np.argmax(gap > gap.max() / 2), gap.shape)
            where = "" if a.ndim == 0 or a.size == 1 else f" [{', '.join(str(int(k)) for k in i)}]"
            return f"{key}{where} = {a[i]:.6g}", f"{key}{where} = {b[i]:.6g}"
    return "", ""


def _first(outcome: Outcome) -> str:
    for key, value in outcome.values.items():
        if value.size:
            return f"{key} = {np.asarray(value, np.float64).ravel()[0]:.6g}"
    return ""
