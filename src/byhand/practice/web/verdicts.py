"""A report as what the page shows of it: for each definition its findings, in both languages."""

from __future__ import annotations

from typing import Any

from byhand.judge.mending.search import SECONDS
from byhand.judge.model import Finding, Judgement, Report
from byhand.judge.phrases import of_sandbox
from byhand.judge.reading.rewritten import patches
from byhand.judge.reporting.mathml import formula as typeset
from byhand.judge.reporting.report import (
    FIX,
    FORMULA,
    columns,
    note_of,
    ordered,
    problems,
    sections,
    unrecognised,
)
from byhand.judge.reporting.texts import FIXES, PHRASES
from byhand.judge.reporting.words import LANGUAGES, say, written
from byhand.sandbox import Stopped

Table = dict[str, Any]


def verdict(report: Report, meant: str) -> Table:
    """The report's data. ``meant`` is the definition that was asked for; what else was judged comes after it."""
    said = {lang: {one.name: one for one in sections(report, lang, FORMULA, full=True)} for lang in LANGUAGES}
    shown = [one for one in report.judgements if one.verdict != "unrecognised" or one.stopped]
    shown.sort(key=lambda one: one.definition.name != meant)
    return {
        "definitions": [_definition(report, one, {lang: said[lang] for lang in LANGUAGES}) for one in shown],
        "left_out": {
            lang: [*problems(report, lang), *filter(None, [unrecognised(report, lang)])] for lang in LANGUAGES
        },
        "seconds": round(report.seconds, 3),
        "sealed": list(report.layers),
    }


def _definition(report: Report, judgement: Judgement, said: Table) -> Table:
    name = judgement.definition.name
    texts = {lang: said[lang].get(name) for lang in LANGUAGES}
    stop = report.program.place(judgement.line)
    place = report.program.place(judgement.definition.node.lineno)
    return {
        "name": name,
        "task": judgement.task,
        "verdict": judgement.verdict,
        "title": {lang: text.verdict_text if text else "" for lang, text in texts.items()},
        "stopped": {lang: text.stopped if text else "" for lang, text in texts.items()},
        "called": {lang: text.convention if text else "" for lang, text in texts.items()},
        "line": stop.line if judgement.stopped and stop else place.line if place else None,
        "math": typeset(judgement.task) if judgement.task else "",
        "findings": [_finding(report, judgement, one) for one in ordered(judgement)],
        "fix": _fix(report, judgement),
    }


def _finding(report: Report, judgement: Judgement, finding: Finding) -> Table:
    """One finding: what is wrong at which line, the numbers, and two more hints."""
    notes = {lang: note_of(report.program, judgement, finding, lang, FORMULA) for lang in LANGUAGES}
    last = {lang: note_of(report.program, judgement, finding, lang, FIX) for lang in LANGUAGES}
    place = report.program.place(finding.line)
    span = columns(report.program, judgement, finding) if place else None
    return {
        "kind": "edge" if finding.edge and finding.kind == "mistake" else finding.kind,
        "page": finding.mistake,
        "line": place and place.line,
        "columns": list(span) if span else None,
        "title": {lang: note.title for lang, note in notes.items()},
        "summary": {lang: note.summary for lang, note in notes.items()},
        "where": {lang: note.where for lang, note in notes.items()},
        "yours": {lang: note.yours for lang, note in notes.items()},
        "formula": {lang: note.formula for lang, note in notes.items()},
        "hints": {lang: [notes[lang].hint, last[lang].hint] for lang in LANGUAGES},
    }


def _fix(report: Report, judgement: Judgement) -> Table | None:
    """The changes that make it right, or why there are none; None if they were not looked for."""
    if judgement.fix is None:
        return None
    if not judgement.fix.lines:
        key = "late" if judgement.fix.late else "none"
        fill = {"name": judgement.definition.name, "seconds": SECONDS}
        places = {lang: say(PHRASES, "line", lang, line=judgement.definition.node.lineno) for lang in LANGUAGES}
        return {"lines": [], "why": {lang: say(FIXES, key, lang, place=places[lang], **fill) for lang in LANGUAGES}}
    found = patches(report.program, [judgement.fix])
    lines = [{"line": one.first, "old": list(one.old), "new": list(one.new)} for one in found]
    return {"lines": lines, "why": {}}


def not_sealed(stop: Stopped) -> dict[str, str]:
    """Why nothing can be run here."""
    return {lang: written(of_sandbox(stop.reason), lang) for lang in LANGUAGES}
