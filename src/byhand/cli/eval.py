"""``byhand eval``: evaluate prediction logs. :mod:`byhand.evaluate` does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from byhand.cli._commands import Lang
from byhand.cli._evaluation import progress, split_columns
from byhand.cli._output import print_json, refuse_report, write_whole
from byhand.cli._terminal import STOPPED, USAGE, WRONG, console, failure, failure_saying, reason, unknown
from byhand.cli._texts import describe, say, spoken

if TYPE_CHECKING:
    from byhand.evaluate.engines.local import Progress
    from byhand.evaluate.evaluation import Engine
    from byhand.evaluate.findings import Report
    from byhand.evaluate.reading.files import Files
    from byhand.evaluate.reading.question import Question

ENGINES = ("local", "ray")
MULTI_CLASS = ("ovr", "ovo")
MOST_SCORES = 16
WRONG_DATA = (
    "bad row",
    "bad line",
    "changed",
    "no rows",
    "no rows where",
    "no rows left",
    "no positive",
    "much weight",
    "uneven weight",
)
"""Refusals that are about what is in the files."""


def evaluate(
    files: Annotated[list[str], typer.Argument(metavar="FILE")],
    label: Annotated[str, typer.Option("--label", metavar="COL")] = "",
    scores: Annotated[list[str] | None, typer.Option("--score", metavar="COL")] = None,
    group: Annotated[str | None, typer.Option("--group", metavar="COL")] = None,
    by: Annotated[list[str] | None, typer.Option("--by", metavar="COL,…")] = None,
    weight: Annotated[str | None, typer.Option("--weight", metavar="COL")] = None,
    against: Annotated[list[str] | None, typer.Option("--against", metavar="FILE")] = None,
    where: Annotated[str | None, typer.Option("--where", metavar="SQL")] = None,
    confidence: Annotated[float, typer.Option("--ci", metavar="0.95")] = 0.95,
    tolerance: Annotated[float, typer.Option("--tolerance", metavar="1e-6")] = 1e-6,
    positive: Annotated[str | None, typer.Option("--positive", metavar="VALUE")] = None,
    multi_class: Annotated[
        str | None, typer.Option("--multi-class", metavar="ovr|ovo", autocompletion=lambda: list(MULTI_CLASS))
    ] = None,
    out: Annotated[str | None, typer.Option("--out", metavar="PATH")] = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
    skip_bad: Annotated[bool, typer.Option("--skip-bad")] = False,
    engine: Annotated[
        str, typer.Option("--engine", metavar="local|ray", autocompletion=lambda: list(ENGINES))
    ] = ENGINES[0],
    lang: Lang = "",
) -> None:
    """Evaluate prediction logs of any size."""
    for option, given, name in (("--label", label, "label"), ("--score", scores, "scores")):
        if not given:
            raise failure("COL is missing", argument=option, help=describe("eval", name))
    for option, value, least in (("--ci", confidence, False), ("--tolerance", tolerance, True)):
        if not (value >= 0 if least else value > 0) or not value < 1:
            what = say("at least 0 and below 1" if least else "above 0 and below 1")
            raise failure("fraction", argument=option, what=what, got=f"{value:g}")
    if engine not in ENGINES:
        raise unknown("--engine", "eval", engine, ENGINES)
    if multi_class is not None and multi_class not in MULTI_CLASS:
        raise unknown("--multi-class", "eval", multi_class, MULTI_CLASS)
    if multi_class is not None and positive is not None:
        raise failure("positive of classes", got=positive)
    if multi_class is None and len(scores or ()) > MOST_SCORES:
        raise failure("scores", most=MOST_SCORES, got=len(scores or ()))
    asked = {
        "label": label,
        "scores": tuple(scores or ()),
        "weight": weight,
        "group": group,
        "by": tuple(split_columns(by or [])),
        "where": where,
        "positive": positive,
        "multi_class": multi_class,
        "skip_bad": skip_bad,
    }
    page = Path(out) if out is not None else None
    try:
        found = _found(files, against, asked, engine, page, confidence, tolerance)
    except KeyboardInterrupt:
        raise failure("stopped evaluating", STOPPED) from None
    _show(found, page, as_json)


def _found(
    given: list[str],
    against: list[str] | None,
    asked: dict[str, Any],
    engine: str,
    page: Path | None,
    confidence: float,
    tolerance: float,
) -> Report:
    """Open the logs and evaluate them."""
    from byhand.evaluate.evaluation import Demands, report
    from byhand.evaluate.reading.files import find_files
    from byhand.evaluate.reading.question import Question
    from byhand.evaluate.reading.refused import Refused

    try:
        question, files = Question(**asked), find_files(given, "FILE")
        reference = find_files(against, "--against") if against else None
        if page is not None:
            every = (*files.paths, *(reference.paths if reference else ()))
            refuse_report("--out", page, every, "eval")
        with ExitStack() as open:
            show = open.enter_context(progress())
            current = open.enter_context(_engine(engine, files, question, show))
            question = current.log.question  # its classes are also those of the reference
            old = open.enter_context(_engine(engine, reference, question, show)) if reference else None
            return report(question, current, old, Demands(confidence, tolerance, curves=page is not None))
    except Refused as error:
        code = WRONG if error.key in WRONG_DATA else USAGE
        raise failure_saying(error.said(spoken()), code) from None


@contextmanager
def _engine(name: str, files: Files, question: Question, show: Progress) -> Iterator[Engine]:
    """A log that is open, and who reads it."""
    from byhand.evaluate.engines.local import Local
    from byhand.evaluate.reading.log import open_log

    with open_log(files, question) as log:
        if name == "ray":
            from byhand.evaluate.engines.ray import Ray

            yield Ray(log, show)
        else:
            yield Local(log, show, log.count())


def _show(found: Report, page: Path | None, as_json: bool) -> None:
    """Write the page first: if that fails, nothing is printed."""
    from byhand.evaluate.reporting import terminal
    from byhand.evaluate.reporting.json_form import json_form

    if page is not None:
        from byhand.evaluate.reporting.page import page as html

        try:
            write_whole(page, html(found, spoken()))
        except OSError as error:
            raise failure("no page", option="--out", command="eval", got=page, why=reason(error)) from None
    if as_json:
        print_json(json_form(found), indent=2)
    else:
        terminal.show(console(), found, spoken())
