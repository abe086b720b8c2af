"""Judges several files: progress, output files, and the exit code."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

import typer

from byhand.cli._output import output_folder, print_json, refuse_report, write_whole
from byhand.cli._several import table
from byhand.cli._several.files import expanded
from byhand.cli._several.workers import Done, Settings, judged
from byhand.cli._terminal import STOPPED, console, failure, reason
from byhand.cli._texts import say

MOST_JOBS = 4
"""The default number of workers is at most this: each takes a gigabyte."""


def run(
    given: Sequence[str], settings: Settings, *, as_json: bool, jobs: int, html: Path | None, csv: Path | None
) -> int:
    """Judge all files; results that are finished before Ctrl-C are kept."""
    for path in given:
        try:
            os.stat(path)
        except OSError as error:
            raise failure("no file", got=path, why=reason(error)) from None
    files = expanded(given)
    if not files:
        raise failure("no files", got=say("comma").join(given))
    if csv is not None:
        refuse_report("--csv", csv, files)
    jobs = jobs or min(MOST_JOBS, os.cpu_count() or 1)
    found: list[Done] = []
    stopped = False
    folder = nullcontext() if html is None else output_folder(html, "index.html")
    try:
        with folder:
            try:
                for done in judged(files, settings, jobs, say("worker ended"), say("worker late")):
                    found.append(done)
                    _tell(done, as_json, len(found), len(files))
            except KeyboardInterrupt:
                stopped = True
            _write(found, html, csv)
    except OSError as error:
        option, target = ("--html", html) if html else ("--csv", csv)
        raise failure("no page", option=option, command="check", got=target, why=reason(error)) from None
    if not as_json and found:
        out = console()
        with out.capture() as capture:
            out.print("", table.table(found), table.total(found), sep="\n")
        out.file.write("\n".join(line.rstrip() for line in capture.get().split("\n")))
    if stopped:
        raise typer.Exit(STOPPED)
    codes = {done.exit_code for done in found}
    return 1 if 1 in codes else max(codes)


def _tell(done: Done, as_json: bool, number: int, of: int) -> None:
    if as_json:
        print_json(done.report or {"file": done.file, "exit_code": 2, "error": done.error})
    else:
        console().print(f"[{number}/{of}] {table.line(done)}", markup=False, soft_wrap=True)


def _write(found: Sequence[Done], html: Path | None, csv: Path | None) -> None:
    if html is not None and found:
        for done, name in zip(found, table.page_names(found), strict=True):
            if done.page:
                write_whole(html / name, done.page)
        write_whole(html / "index.html", table.index(found))
    if csv is not None:
        write_whole(csv, table.csv_text(found))
