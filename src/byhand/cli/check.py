"""``byhand check``: read a file, judge it, print the report. :mod:`byhand.judge` does the judging."""

from __future__ import annotations

import errno
import os
import sys
import time
from dataclasses import dataclass
from hashlib import sha256
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from byhand.cli._commands import Lang
from byhand.cli._completion import tasks
from byhand.cli._fix import Fixed, fixed, keep, show_fix
from byhand.cli._output import print_json, refuse_report, write_whole
from byhand.cli._practice.counting import counted, named_by_header
from byhand.cli._terminal import STOPPED, console, failure, failure_saying, reason, why_stopped
from byhand.cli._texts import say
from byhand.cli._watch import Watched
from byhand.judge.visible import visible

if TYPE_CHECKING:
    from byhand.judge.judge import Judge
    from byhand.judge.model import Report

SEEDS = 2**32 - 1
MENDING = 3
"""The level of ``--hint`` that says what to write instead."""


@dataclass(frozen=True)
class _Options:
    """The parsed command line."""

    file: str
    names: dict[str, str]
    hint: int
    full: bool
    lang: str
    as_json: bool
    html: Path | None
    strict: bool
    trust: bool
    seconds: tuple[float, float]
    """Seconds for a definition and for the file."""
    seed: int | None
    fix: bool
    write: bool


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE")],
    names: Annotated[list[str] | None, typer.Option("--as", metavar="NAME=TASK", autocompletion=tasks)] = None,
    hint: Annotated[int, typer.Option("--hint", metavar="0-3", min=0, max=3)] = 1,
    full: Annotated[bool, typer.Option("--verbose", "-v")] = False,
    lang: Lang = "",
    as_json: Annotated[bool, typer.Option("--json")] = False,
    html: Annotated[str | None, typer.Option("--html", metavar="PATH")] = None,
    fix: Annotated[bool, typer.Option("--fix")] = False,
    write: Annotated[bool, typer.Option("--write")] = False,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    trust: Annotated[bool, typer.Option("--trust")] = False,
    definition_seconds: Annotated[float, typer.Option("--definition-seconds", metavar="SECONDS")] = 15.0,
    file_seconds: Annotated[float, typer.Option("--file-seconds", metavar="SECONDS")] = 120.0,
    seed: Annotated[int | None, typer.Option("--seed", metavar="N", min=0, max=SEEDS)] = None,
    watch: Annotated[bool, typer.Option("--watch")] = False,
    csv: Annotated[str | None, typer.Option("--csv", metavar="PATH")] = None,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=0, max=64, show_default=False)] = 0,
) -> None:
    """Judge the definitions of notebooks and Python files; the exit code reflects the result."""
    several = len(files) > 1 or csv is not None or Path(files[0]).is_dir()
    file = files[0]
    if watch and (several or file == "-"):
        raise failure("watch")
    _refuse_fix(fix, write, several, file == "-", watch)
    seconds = (definition_seconds, file_seconds)
    for option, value in zip(("--definition-seconds", "--file-seconds"), seconds, strict=True):
        if not 0 < value < inf:
            raise failure("seconds must be", argument=option, command="check", got=f"{value:g}")
    page = Path(html) if html is not None else None
    if several:
        from byhand.cli._several.run import run
        from byhand.cli._several.workers import Settings

        if names or "-" in files:
            raise failure("one file", argument="--as" if names else "-")
        settings = Settings(lang, hint, strict, trust, seconds, seed, page is not None)
        table = Path(csv) if csv is not None else None
        raise typer.Exit(run(files, settings, as_json=as_json, jobs=jobs, html=page, csv=table))
    options = _Options(
        file, _names(names or []), hint, full, lang, as_json, page, strict, trust, seconds, seed, fix, write
    )
    if page is not None:
        refuse_report("--html", page, [file])
    try:
        code = _watched(options) if watch else _once(options)
    except KeyboardInterrupt:
        raise typer.Exit(STOPPED) from None
    raise typer.Exit(code)


def _refuse_fix(fix: bool, write: bool, several: bool, piped: bool, watch: bool) -> None:
    """Refuse combinations in which a fix has nowhere to go."""
    if write and not fix:
        raise failure("write needs fix")
    if fix and several:
        raise failure("one file", argument="--fix")
    if write and piped:
        raise failure("write to a file")
    if write and watch:
        raise failure("write or watch")


def _names(given: list[str]) -> dict[str, str]:
    from byhand.judge.diagnosis.clinic import FORMULAS

    names = {}
    for pair in given:
        name, _, task = pair.partition("=")
        if not name or task not in FORMULAS:
            raise failure("as", known=say("comma").join(FORMULAS), got=pair)
        names[name] = task
    return names


def _data(file: str) -> bytes:
    """The content of the file; at most one byte more than the size limit."""
    from byhand.judge.reading.cells import content, largest

    if file != "-":
        return content(file)
    if sys.stdin is None:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    return sys.stdin.buffer.read(largest(file) + 1)


def _unreadable(file: str, error: OSError) -> str:
    return say("no file", got=file, why=reason(error))


def _first(file: str) -> bytes:
    try:
        return _data(file)
    except OSError as error:
        raise failure_saying(_unreadable(file, error)) from None


def _once(options: _Options) -> int:
    from byhand.judge.reading.notebook import Unreadable

    data = _first(options.file)
    with opened(data, options.trust, options.seconds) as judge:
        try:
            return _judged(judge, options, data)
        except Unreadable as error:
            raise failure_saying(error.said(options.lang)) from None


def opened(data: bytes, trust: bool, seconds: tuple[float, ...] = (), watched: bool = False) -> Judge:
    """A judge whose sandbox imports torch while the file is read; trusted if this file was trusted before.

    ``seconds`` are those of an :class:`Allowance`, without which it is the usual one.
    """
    from byhand.judge.judge import Judge
    from byhand.judge.model import Allowance
    from byhand.sandbox.trust import remember, trusted

    digest = sha256(data).hexdigest()
    if trust:
        remember(digest)
    return Judge(trust=trust or trusted(digest), allowed=Allowance(*seconds), remember=watched)


def _watched(options: _Options) -> int:
    """Judge now, and whenever the file's content changes: what has changed. The next sandbox starts in between."""
    from byhand.judge.reading.notebook import Unreadable

    data = _first(options.file)
    with opened(data, options.trust, options.seconds, watched=True) as judge:
        while True:
            try:
                _judged(judge, options, data)
            except Unreadable as error:  # until the file is saved again
                failure_saying(error.said(options.lang))
            if not options.as_json:
                console().print(say("waiting", file=visible(options.file)), style="dim")
            judge.sandbox.ready()
            data = Watched(options.file, data, _data, _unreadable).changed()
            if not options.as_json:
                console().clear()
                console().rule(time.strftime("%H:%M:%S"))


def _judged(judge: Judge, options: _Options, data: bytes) -> int:
    from byhand.judge.reading.methods import named
    from byhand.judge.reading.neighbours import STDIN, read_whole
    from byhand.judge.reading.notebook import Unreadable
    from byhand.judge.reading.syntax import quiet
    from byhand.judge.reporting.report import exit_code
    from byhand.sandbox import Stopped

    names = {**named_by_header(data), **options.names}
    with quiet():
        program = read_whole(data, STDIN if options.file == "-" else options.file)
        unknown = options.names.keys() - named(program)
        if unknown:
            raise Unreadable("not defined", file=options.file, names=", ".join(sorted(unknown)))
        try:
            mend = options.fix or options.hint == MENDING
            report = judge.judge(program, names=names, seed=options.seed, mend=mend)
            fix = fixed(judge, report, data, names) if options.fix else None
        except Stopped as stop:
            raise failure_saying(why_stopped(stop)) from None
    _show(report, options, fix)
    if (counts := counted(report, data)) and not options.as_json:
        console().print(counts, markup=False, soft_wrap=True)
    if fix is not None and options.write:
        keep(Path(options.file), data, fix)
    return exit_code(report, options.strict)


def _show(report: Report, options: _Options, fix: Fixed | None) -> None:
    from byhand.judge.reporting import page, terminal
    from byhand.judge.reporting.json_form import as_json

    if options.as_json:
        print_json(as_json(report, options.lang, options.strict, fix.text if fix else None), indent=2)
    else:
        terminal.show(console(), report, options.lang, options.hint, options.full)
        if fix is not None:
            show_fix(fix)
    if options.html is not None:
        try:
            write_whole(options.html, page.page(report, options.lang, options.hint))
        except OSError as error:
            raise failure("no page", option="--html", command="check", got=options.html, why=reason(error)) from None
