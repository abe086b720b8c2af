"""``byhand check``: read a file, judge what is in it, tell. The judging is done in :mod:`byhand.judge`."""

from __future__ import annotations

import errno
import json
import os
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._output import is_same, refuse_unwritable, write_whole
from byhand.cli._terminal import STOPPED, console, failure

if TYPE_CHECKING:
    from byhand.judge.judge import Judge
    from byhand.judge.model import Report

POLL, AWAY = 0.1, 1.0
"""Seconds between two looks at a watched file, and until a word is said of one that is not there: an editor may have
taken it away, to put another in its place.
"""


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
    seconds: tuple[float, float]
    """For a definition, and for the file."""


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
    html: Annotated[str | None, typer.Option("--html", metavar="PATH", help="Write a page there as well.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fragile counts as a mistake.")] = False,
    trust: Annotated[
        bool, typer.Option("--trust", help="Run it though it can't be sealed here; remembered for this very file.")
    ] = False,
    definition_seconds: Annotated[
        float, typer.Option("--definition-seconds", metavar="SECONDS", help="Time for each definition.")
    ] = 15.0,
    file_seconds: Annotated[
        float, typer.Option("--file-seconds", metavar="SECONDS", help="Time for all definitions of the file.")
    ] = 120.0,
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
    from byhand.judge.reporting.words import LANGUAGES, language

    if lang is not None and lang not in LANGUAGES:
        raise failure(f"`--lang` of `check` must be en or zh, got {lang}.")
    if watch and file == "-":
        raise failure("`--watch` of `check` needs a file, not standard input.")
    seconds = (definition_seconds, file_seconds)
    for option, value in zip(("--definition-seconds", "--file-seconds"), seconds, strict=True):
        if not 0 < value < inf:
            raise failure(f"`{option}` of `check` must be above 0, and finite, got {value:g}.")
    page = Path(html) if html is not None else None
    options = _Options(file, _names(names or []), hint, language(lang), as_json, page, strict, trust, seconds)
    if page is not None:
        _refuse_page(page, file)
    try:
        code = _watched(options) if watch else _once(options)
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
    raise typer.Exit(code)


def _names(given: list[str]) -> dict[str, str]:
    from byhand.judge.diagnosis.clinic import FORMULAS

    names = {}
    for pair in given:
        name, _, task = pair.partition("=")
        if not name or task not in FORMULAS:
            raise failure(f"`--as` of `check` must be NAME=TASK with a task of {', '.join(FORMULAS)}, got {pair}.")
        names[name] = task
    return names


def _refuse_page(html: Path, file: str) -> None:
    """Before anything is judged: whether the page can be written, and not over what it is about."""
    if is_same(html, file):
        raise failure(f"`--html` of `check` must be another file than the one to check, got {html}.")
    try:
        refuse_unwritable(html)
    except OSError as error:
        raise _no_page(html, error) from None


def _no_page(html: Path, error: OSError) -> typer.Exit:
    return failure(f"`--html` of `check` must be a path to write to, got {html}: {error.strerror}.")


def _data(file: str) -> bytes:
    """What is in the file; no more than it takes to see that it is too large."""
    from byhand.judge.reading.cells import largest

    if file != "-":
        with open(file, "rb") as stream:
            return stream.read(largest(file) + 1)
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(largest(file) + 1)


def _unreadable(file: str, error: OSError) -> str:
    return f"`FILE` of `check` must be a file that can be read, got {file}: {error.strerror}."


def _first(file: str) -> bytes:
    try:
        return _data(file)
    except OSError as error:
        raise failure(_unreadable(file, error)) from None


def _once(options: _Options) -> int:
    from byhand.judge.reading.notebook import Unreadable

    data = _first(options.file)
    with _opened(options, data) as judge:
        try:
            return _judged(judge, options, data)
        except Unreadable as error:
            raise failure(str(error)) from None


def _opened(options: _Options, data: bytes) -> Judge:
    """A judge whose sandbox imports torch while the file is read; trusted if this file has been before."""
    from byhand.judge.judge import Judge
    from byhand.judge.model import Allowance
    from byhand.sandbox.trust import remember, trusted

    digest = sha256(data).hexdigest()
    if options.trust:
        remember(digest)
    return Judge(trust=options.trust or trusted(digest), allowed=Allowance(*options.seconds))


def _watched(options: _Options) -> int:
    """Judge now, and whenever the file has another content; the next cell is made ready in between."""
    from byhand.judge.reading.notebook import Unreadable

    data = _first(options.file)
    with _opened(options, data) as judge:
        while True:
            try:
                _judged(judge, options, data)
            except Unreadable as error:  # until it is saved again
                failure(str(error))
            judge.sandbox.ready()
            data = _changed(options.file, data)
            if not options.as_json:
                console().rule(time.strftime("%H:%M:%S"))


def _changed(file: str, old: bytes) -> bytes:
    """The next content of a file, once it has stayed for a moment: who saves may empty, remove or replace it first."""
    before, missed, told = old, 0.0, ""
    while True:
        time.sleep(POLL)
        try:
            now = _data(file)
        except OSError as error:
            now, why = before, _unreadable(file, error)
        else:
            why = "" if now else f"{file} is empty."
        missed = missed + POLL if why else 0.0
        if missed >= AWAY and why != told:
            failure(f"{why} It is watched on.")
            told = why
        if not why:
            if now == before != old:
                return now
            before, told = now, ""


def _judged(judge: Judge, options: _Options, data: bytes) -> int:
    from byhand.judge.reading.methods import named
    from byhand.judge.reading.neighbours import beside, with_neighbours
    from byhand.judge.reading.notebook import Unreadable, read
    from byhand.judge.reading.syntax import quiet
    from byhand.judge.reporting.report import exit_code
    from byhand.sandbox import Stopped

    with quiet():
        piped = options.file == "-"
        program = read(data, "<stdin>" if piped else options.file)
        program = program if piped else with_neighbours(program, beside(options.file))
        unknown = options.names.keys() - named(program)
        if unknown:
            names = ", ".join(sorted(unknown))
            raise Unreadable(f"`--as` of `check` must name a definition of {options.file}, got {names}.")
        try:
            report = judge.judge(program, names=options.names)
        except Stopped as stop:
            raise failure(stop.detail) from None
    _show(report, options)
    return exit_code(report, options.strict)


def _show(report: Report, options: _Options) -> None:
    from byhand.judge.reporting import page, terminal
    from byhand.judge.reporting.json_form import as_json

    if options.as_json:
        ascii_only = not (sys.stdout.encoding or "").lower().startswith("utf")
        print(json.dumps(as_json(report, options.lang, options.strict), ensure_ascii=ascii_only, indent=2))
    else:
        terminal.show(console(), report, options.lang, options.hint)
    if options.html is not None:
        try:
            write_whole(options.html, page.page(report, options.lang, options.hint))
        except OSError as error:
            raise _no_page(options.html, error) from None
