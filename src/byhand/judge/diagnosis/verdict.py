"""From an explanation to a judgement: the verdict, and the findings with page, edge and line."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any, Literal

import numpy as np

from byhand.judge.compare import agree
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.attempt import Attempt, Match
from byhand.judge.diagnosis.blame import own
from byhand.judge.diagnosis.clinic import Page
from byhand.judge.diagnosis.hypothesis import RIGHT, Hypothesis
from byhand.judge.diagnosis.spot import line_of
from byhand.judge.model import COARSE, FLOAT32, NO_NUMBER, Definition, Finding, Judgement, Outcome, Probe, Verdict
from byhand.judge.phrases import Text, named
from byhand.judge.reading.unwritten import calculates
from byhand.judge.session import Session
from byhand.judge.task import Task


def judgement(task: Task[Any], session: Session, definition: Definition, match: Match, seed: int) -> Judgement:
    """The judgement of a program that a match explains."""
    attempt, way = match.attempt, match.attempt.convention
    misread = task.misread(session, definition, way, match.hypothesis, np.random.default_rng(seed + 4))
    if misread is not None:  # its edges for the wrong kind of input are not reported
        match = replace(match, hypothesis=attempt.showing(match.hypothesis))
    hypothesis = match.hypothesis
    # What does not show in single precision is not a mistake on ordinary input.
    ordinary = any(attempt.near(one) for one in (RIGHT, hypothesis.harmless))
    pages = [*hypothesis.pages, *(clinic.page(id) for id in way.pages)]
    findings = [_finding(match, page) for page in pages]
    # In the order of the learner's lines, findings on ordinary input before those at an edge.
    findings[: len(hypothesis.pages)] = sorted(
        findings[: len(hypothesis.pages)], key=lambda found: (bool(found.edge), found.line is None, found.line or 0)
    )
    if attempt.part:
        findings.append(Finding("", "note", note="one part", detail={"part": named(attempt.part)}))
    # A program that is wrong on ordinary input breaks at edges in its own ways.
    failing = match.failing if ordinary and misread is None else []
    findings += [_edge(match, edge) for edge in failing]
    wrong = misread is not None or any(page.kind == "mistake" for page in pages)
    beyond = [*task.further_checks(session, definition, way, np.random.default_rng(seed + 2)), *filter(None, [misread])]
    beyond = [_placed(definition, finding) for finding in beyond]
    findings += [finding for finding in beyond if not (wrong and finding.kind == "convention")]
    kinds = {finding.kind for finding in findings}
    # A mistake in a line is ignored if ordinary input does not show it; one in the call or the structure is not.
    grave = [*beyond, *findings[len(hypothesis.pages) : len(pages)], *(() if ordinary else findings[: len(pages)])]
    verdict: Verdict
    if any(finding.kind == "mistake" for finding in grave):
        verdict = "mistaken"
    elif kinds & {"mistake", "edge"}:
        verdict = "fragile"
    else:
        verdict = "convention" if "convention" in kinds else "right"
    library = task.library_suffices(way) and any(finding.note == "library" for finding in beyond)
    if verdict in ("right", "convention") and library and not calculates(attempt.definition.node):
        verdict = "library"
    half = next((name for name, eps in COARSE.items() if eps == max(match.eps, attempt.eps) > FLOAT32), "")
    said = {**way.describe(), **({"computes in": half} if half else {})}
    return Judgement(definition, verdict, task.name, said, tuple(findings))


def _returns_nothing(node: ast.stmt) -> bool:
    """Whether a function has no result: it neither returns nor prints one, nor keeps it anywhere."""
    if not isinstance(node, ast.FunctionDef) or not calculates(node):
        return False
    parts = list(ast.walk(node))
    returns = any(isinstance(part, ast.Return) and part.value is not None for part in parts)
    yields = any(isinstance(part, ast.Yield | ast.YieldFrom | ast.Global | ast.Nonlocal) for part in parts)
    kept = any(isinstance(part, ast.Attribute | ast.Subscript) and isinstance(part.ctx, ast.Store) for part in parts)
    called = {ast.unparse(part.func) for part in parts if isinstance(part, ast.Call)}
    return not (returns or yields or kept or called & {"print", "display"} or any(".append" in name for name in called))


def _placed(definition: Definition, finding: Finding) -> Finding:
    """Add the line that the page's pattern finds, if the finding has none."""
    if not finding.mistake or finding.line is not None:
        return finding
    return replace(finding, line=line_of(definition, clinic.page(finding.mistake)))


def _finding(match: Match, page: Page) -> Finding:
    """A page, with the first probe on which the program deviates because of it, preferably because of it alone."""
    attempt, hypothesis = match.attempt, match.hypothesis
    kind: Literal["mistake", "convention"] = "convention" if page.kind == "convention" else "mistake"
    line = line_of(attempt.definition, page)
    if kind == "convention" and page.id in attempt.convention.pages:
        return Finding(page.id, kind, line)
    plain = attempt.task.plain(attempt.convention)
    for probe in attempt.ordinary if kind == "mistake" and page.id in attempt.convention.pages else ():
        expected = attempt.task.predict(clinic.program(attempt.task.name), plain, probe)
        if not agree(attempt.observed(probe), expected, match.eps):
            given, yours, formula = attempt.task.counterexample(probe, attempt.observed(probe), expected)
            return Finding(page.id, kind, line, "", yours, formula, given)
    others = Hypothesis(tuple(change for change in hypothesis.changes if change.page != page))
    probes = [
        probe
        for probe in (*attempt.ordinary, *attempt.edges)
        if others == hypothesis or not agree(attempt.predicted(others, probe), attempt.predicted(hypothesis, probe))
    ]
    shared = {p.name: not agree(attempt.predicted(others, p), attempt.predicted(RIGHT, p)) for p in probes}
    probes.sort(key=lambda probe: (probe.edge, shared[probe.name]))
    for eps, probe in product((attempt.tiers[-1], match.eps), probes):
        if not attempt.agrees(RIGHT, probe, eps):
            given, yours, formula = _counterexample(match, probe)
            edge = probe.name if probe.edge else ""
            return Finding(page.id, kind, attempt.observed(probe).line or line, edge, yours, formula, given)
    return Finding(page.id, kind, line)


def _counterexample(match: Match, probe: Probe) -> tuple[Text, Text, Text]:
    """What a finding shows of a probe on which the program deviates; of an edge, the smallest that it breaks at."""
    attempt = match.attempt
    observed = attempt.observed(probe)
    for small in attempt.task.smaller(attempt.convention, probe) if probe.edge else ():
        alike = _how_it_ends(attempt.observed(small)) == _how_it_ends(observed)
        if alike and not attempt.agrees(RIGHT, small, match.eps):
            probe, observed = small, attempt.observed(small)
            break
    counterexample: tuple[Text, Text, Text]
    counterexample = attempt.task.counterexample(probe, observed, attempt.predicted(RIGHT, probe))
    return counterexample


def _how_it_ends(outcome: Outcome) -> tuple[object, ...]:
    """Its exception, or which of nan, −∞, a number and ∞ are among its values."""
    kinds = {
        kind
        for values in outcome.values.values()
        for kind in np.unique(np.where(np.isfinite(values), 0.0, values), equal_nan=True).astype(str).tolist()
    }
    return (outcome.error, outcome.line, kinds - {"0.0"})


def _edge(match: Match, edge: Probe) -> Finding:
    """An edge at which the program breaks in a way that no change of the formula explains."""
    attempt, observed = match.attempt, match.attempt.observed(edge)
    given, yours, formula = _counterexample(match, edge)
    if id := attempt.task.page_of(edge, observed):
        line = line_of(attempt.definition, clinic.page(id))
        return Finding(id, "mistake", line, edge.name, yours, formula, given)
    return Finding("", "edge", observed.line, edge.name, yours, formula, given)


def _in_other_ways(
    task: Task[Any], definition: Definition, ways: Sequence[Attempt], outcomes: Sequence[Outcome]
) -> bool:
    """Whether arrays that do not fit are only one of its failures, and the judge's arguments may have caused another.

    It then expects something else, such as objects that hold arrays.
    """
    if "could not be broadcast" not in outcomes[0].message:
        return False
    pairs = zip(ways, outcomes, strict=True)
    return any(task.called_wrongly(definition, attempt.convention, outcome) for attempt, outcome in pairs)


def unknown(task: Task[Any], definition: Definition, ways: Sequence[Attempt], others: Sequence[Outcome]) -> Judgement:
    """Wrong without a known mistake: a small counter-example under the likeliest calling convention that has one.

    ``others`` are failures under calling conventions under which it does not run.

    A program that cannot reshape or broadcast our inputs, and tells nothing under any of them, is not judged: it
    expects other sizes.
    """
    whole = [attempt for attempt in ways if not any(attempt.observed(probe).error for probe in attempt.ordinary)]
    failures = [*(attempt.observed(probe) for attempt in ways for probe in attempt.ordinary), *others]
    tells = any(attempt.tells for attempt in whole)
    words = ("reshape", "broadcast") if whole else ("reshape",)
    reshaping = next((failure for failure in failures if any(word in failure.message for word in words)), None)
    if not tells and reshaping is not None:
        detail, line = reshaping.sentence, reshaping.line
        return Judgement(definition, "unrecognised", task.name, stopped="not called", detail=detail, line=line)
    for attempt in whole or ways:
        wrong = (probe for probe in attempt.ordinary if not attempt.agrees(RIGHT, probe, attempt.tiers[-1]))
        found = next(((probe, attempt.predicted(RIGHT, probe)) for probe in wrong), None) or attempt.strays(RIGHT)
        if found is not None:
            break
    assert found is not None
    probe, expected = found
    given, yours, formula = task.counterexample(probe, attempt.observed(probe), expected)
    finding = Finding("", "mistake", attempt.observed(probe).line, "", yours, formula, given)
    return Judgement(definition, "unknown", task.name, attempt.convention.describe(), (finding,))


def stopped(task: Task[Any], definition: Definition, ways: Sequence[Attempt]) -> Judgement:
    """The judgement if it fails under every calling convention; it shows the exception under the likeliest one."""
    if not ways:
        reason = task.refusal(definition) or f"{definition.name}({', '.join(definition.parameters)})"
        return Judgement(definition, "unrecognised", task.name, stopped="no way", detail=reason)
    outcomes = [attempt.observed(attempt.ordinary[0]) for attempt in ways]
    numberless = next((outcome for outcome in outcomes if outcome.error == NO_NUMBER), None)
    if numberless is not None and task.bears(definition.name) and _returns_nothing(definition.node):
        return Judgement(
            definition, "stopped", task.name, stopped="nothing returned", line=definition.node.body[-1].lineno
        )
    if numberless is not None:
        return Judgement(definition, "unrecognised", task.name, stopped="no result", detail=numberless.instead)
    outcome = outcomes[0]
    if outcome.error == "NotImplementedError":
        return Judgement(definition, "todo", task.name)
    said = Judgement(definition, "stopped", task.name, stopped=outcome.kind, detail=outcome.failure, line=outcome.line)
    if outcome.kind != "error" or own(definition, outcomes):
        return said
    finding = task.of_error(definition, outcome)
    if finding is not None:
        return Judgement(definition, "mistaken", task.name, findings=(finding,), line=outcome.line)
    if task.called_wrongly(definition, ways[0].convention, outcome) or _in_other_ways(task, definition, ways, outcomes):
        if outcome.error == "Shape":
            return replace(said, verdict="unrecognised", stopped="no result", detail=outcome.instead)
        return replace(said, verdict="unrecognised", stopped="not called")
    return said
