"""``byhand check``: read a file, judge what is in it, tell. The judging is done in :mod:`byhand.judge`."""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._output import write_whole
from byhand.cli._terminal import STOPPED, console, failure

if TYPE_CHECKING:
    from byhand.judge.court import Court
    from byhand.judge.model import Report

POLL = 0.1
"""Seconds between two looks at a watched file."""


@dataclass(frozen=True)
class _Options:
    """The command line, understood."""

    file: str
    names: dict[str, str]
    hint: int
    lang: str
    as_json: bool
    html: Path | None
    strict: bool
    trust: bool


def check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A notebook or a Python file; - reads standard input.")],
    names: Annotated[
        list[str] | None,
        typer.Option("--as", metavar="NAME=TASK", help="Say which of the seven a definition is; may be repeated."),
    ] = None,
    hint: Annotated[
        int, typer.Option("--hint", min=0, max=3, help="0 the symptom, 1 name and place, 2 the formula, 3 the fix.")
    ] = 1,
    lang: Annotated[str | None, typer.Option("--lang", metavar="en|zh", help="By default that of the locale.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as docs/check.md describes it.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="PATH", help="Write a page there as well.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fragile counts as a mistake.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run it though it can't be sealed here; remembered for this very file.")
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Judge again whenever the file is saved; Ctrl-C ends.")
    ] = False,
) -> None:
    """Judge your own KL, cross-entropy, SGD, momentum, Adam, AdamW and AUC.

    Your definitions run sealed off: without network, without your files, with limits. What they compute is compared
    with the formula, and with the formula changed by each known mistake; that gives a mistake its name.

    Exits with 0 if all is right (fragile is said, and counts with `--strict`), 1 for mistakes, 2 if nothing could be
    judged.

    - `byhand check notebook.ipynb` reads definitions, imports and constants, and never runs a training loop;
    - `byhand check my.py --as f=adam` if it does not see what `f` is;
    - `byhand explain adam/no-bias-correction` tells more about a mistake.
    """
    from byhand.judge.words import LANGUAGES, language

    if lang is not None and lang not in LANGUAGES:
        raise failure(f"`--lang` of `check` must be en or zh, got {lang}.")
    if watch and file == "-":
        raise failure("`--watch` of `check` needs a file, not standard input.")
    options = _Options(file, _names(names or []), hint, language(lang), as_json, html, strict, trust)
    try:
        code = _watched(options) if watch else _once(options)
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
    raise typer.Exit(code)


def _names(given: list[str]) -> dict[str, str]:
    from byhand.judge.clinic import FORMULAS

    names = {}
    for pair in given:
        name, _, task = pair.partition("=")
        if not name or task not in FORMULAS:
            raise failure(f"`--as` of `check` must be NAME=TASK with a task of {', '.join(FORMULAS)}, got {pair}.")
        names[name] = task
    return names


def _data(file: str) -> bytes:
    try:
        return sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        raise failure(f"`FILE` of `check` must be a file that can be read, got {file}: {error.strerror}.") from None


def _once(options: _Options) -> int:
    data = _data(options.file)
    with _court(options, data) as court:
        return _judged(court, options, data)


def _court(options: _Options, data: bytes) -> Court:
    """A court whose cell imports torch while the file is read; trusted if this file has been before."""
    from byhand.judge.court import Court
    from byhand.sandbox.trust import remember, trusted

    digest = sha256(data).hexdigest()
    if options.trust:
        remember(digest)
    return Court(trust=options.trust or trusted(digest))


def _watched(options: _Options) -> int:
    """Judge now, and whenever the file has another content; the next cell is made ready in between."""
    data = _data(options.file)
    with _court(options, data) as court:
        while True:
            _judged(court, options, data)
            court.cell.ready()
            while (now := _data(options.file)) == data:
                time.sleep(POLL)
            data = now
            if not options.as_json:
                console().rule(time.strftime("%H:%M:%S"))


def _judged(court: Court, options: _Options, data: bytes) -> int:
    from byhand.judge.methods import named
    from byhand.judge.notebook import Unreadable, read
    from byhand.judge.report import exit_code
    from byhand.sandbox import Stopped

    try:
        program = read(data, "<stdin>" if options.file == "-" else options.file)
        unknown = options.names.keys() - named(program)
        if unknown:
            raise failure(f"`--as` of `check` must name a definition of {options.file}, got {', '.join(unknown)}.")
        report = court.judge(program, names=options.names)
    except Unreadable as error:
        raise failure(str(error)) from None
    except Stopped as stop:
        raise failure(stop.detail) from None
    _show(report, options)
    return exit_code(report, options.strict)


def _show(report: Report, options: _Options) -> None:
    from byhand.judge import page, terminal
    from byhand.judge.json_form import as_json

    if options.as_json:
        print(json.dumps(as_json(report, options.lang, options.strict), ensure_ascii=False, indent=2))
    else:
        terminal.show(console(), report, options.lang, options.hint)
    if options.html is not None:
        try:
            write_whole(options.html, page.page(report, options.lang, options.hint))
        except OSError as error:
            why = f"`--html` of `check` must be a path to write to, got {options.html}: {error.strerror}."
            raise failure(why) from None
