"""A report as the table that ``byhand check --json`` prints; docs/check.md describes it."""

from __future__ import annotations

from typing import Any

from byhand.judge.model import Finding, Judgement, Program, Report
from byhand.judge.reading.rewritten import patches
from byhand.judge.reporting.report import PLACE, clean, columns, exit_code, fix_of, note_of, ordered
from byhand.judge.reporting.texts import PROBLEMS
from byhand.judge.reporting.words import say, written
from byhand.judge.visible import visible

VERSION = 2
"""The version of the JSON form, increased when readers of the old form would fail."""


def as_json(report: Report, lang: str = "en", strict: bool = False, fix: str | None = None) -> dict[str, Any]:
    """The report as documented in docs/check.md. No text in it can act on a terminal or reorder a line.

    ``fix`` is the diff that was asked for.
    """
    table: dict[str, Any] = _visible(_table(report, lang, strict) | {"fix": fix})
    return table


def _visible(value: Any) -> Any:
    match value:
        case str():
            return visible(value, keep="\n\t")
        case list():
            return [_visible(item) for item in value]
        case dict():
            return {visible(key): _visible(item) for key, item in value.items()}
    return value


def _table(report: Report, lang: str, strict: bool) -> dict[str, Any]:
    return {
        "version": VERSION,
        "file": visible(report.program.file),
        "exit_code": exit_code(report, strict),
        "sealed": None if not report.layers and not report.trusted else not report.trusted,
        "layers": list(report.layers),
        "seconds": round(report.seconds, 3),
        "seed": report.seed,
        "definitions": [_definition(report.program, judgement, lang) for judgement in report.judgements],
        "right_formulas": report.formulas,
        "problems": [
            {
                "cell": one.place.cell,
                "line": one.place.line,
                "message": say(PROBLEMS, clean(one.message), lang),
                "lost": [clean(name) for name in one.lost],
            }
            for one in report.program.problems
        ],
    }


def _definition(program: Program, judgement: Judgement, lang: str) -> dict[str, Any]:
    place = program.place(judgement.definition.node.lineno)
    stopped = None
    if judgement.stopped:
        line = program.place(judgement.line)
        message = clean(written(judgement.detail, lang))
        stopped = {"kind": judgement.stopped, "message": message, "line": line and line.line}
    return {
        "name": judgement.definition.name,
        "kind": judgement.definition.kind,
        "task": judgement.task or None,
        "cell": place and place.cell,
        "cell_type": "markdown" if place and place.markdown else "code",
        "line": place and place.line,
        "verdict": judgement.verdict,
        "convention": dict(judgement.convention),
        "stopped": stopped,
        "findings": [_finding(program, judgement, finding, lang) for finding in ordered(judgement)],
        "fix": _fix(program, judgement),
    }


def _fix(program: Program, judgement: Judgement) -> dict[str, Any] | None:
    if judgement.fix is None or not judgement.fix.lines:
        return None
    lines = [
        {"cell": patch.cell, "line": patch.first, "old": list(patch.old), "new": list(patch.new)}
        for patch in patches(program, [judgement.fix])
    ]
    return {"verdict": judgement.fix.verdict, "lines": lines}


def _finding(program: Program, judgement: Judgement, finding: Finding, lang: str) -> dict[str, Any]:
    note = note_of(program, judgement, finding, lang, PLACE)
    place = program.place(finding.line)
    told = {"input": finding.input, "yours": finding.yours, "formula": finding.formula}
    numbers = {key: clean(written(text, "en")) for key, text in told.items()} if finding.yours else None
    return {
        "mistake": finding.mistake or None,
        "kind": finding.kind,
        "edge": finding.edge or None,
        "cell": place and place.cell,
        "line": place and place.line,
        "columns": list(span) if (span := columns(program, judgement, finding)) else None,
        "numbers": numbers,
        "title": note.title,
        "message": note.summary,
        "fix": list(fix_of(judgement, finding)),
    }
