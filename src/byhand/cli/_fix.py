"""``byhand check --fix``: a diff that makes definitions right, and the file written with it."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha1
from pathlib import Path
from typing import TYPE_CHECKING

from byhand.cli._output import write_whole
from byhand.cli._terminal import console, failure, reason
from byhand.cli._texts import say, spoken
from byhand.judge.visible import visible

if TYPE_CHECKING:
    from byhand.judge.judge import Judge
    from byhand.judge.model import Report

GIT = 10.0
"""Seconds that git may take."""


@dataclass(frozen=True)
class Fixed:
    """A file after the changes that make its definitions right."""

    text: str
    """The changes as a unified diff; "" if there are none."""
    data: bytes
    """The changed file."""
    left: tuple[str, ...]
    """A sentence for each definition that stays wrong."""


def fixed(judge: Judge, report: Report, data: bytes, names: Mapping[str, str]) -> Fixed:
    """The changes of a report; the changed file is judged, which shows what is left."""
    from byhand.judge.reading.neighbours import read_whole
    from byhand.judge.reading.rewritten import rewritten
    from byhand.judge.reporting.difference import changes, difference, unmended

    found = changes(report)
    file = report.program.file
    if not found:
        return Fixed("", data, tuple(unmended(report, None, spoken())))
    new = rewritten(data, file, found)
    after = judge.judge(read_whole(new, file), names=names, seed=report.seed, aside=True)
    return Fixed(difference(data, report.program, found, spoken()), new, tuple(unmended(report, after, spoken())))


def show_fix(fix: Fixed) -> None:
    """Print the diff, then what is left."""
    out = console()
    for line in fix.text.split("\n") if fix.text else ():
        style = {"+": "green", "-": "red", "@": "cyan"}.get(line[:1], "")
        out.print(line, style=style, markup=False, soft_wrap=True)
    if not fix.text and not fix.left:
        out.print(say("nothing to fix"), style="dim")
    for line in fix.left:
        out.print(line, style="dim", markup=False)


def keep(path: Path, data: bytes, fix: Fixed) -> None:
    """Write the changed file; the old one is kept beside it, unless git has it."""
    if not fix.text:
        return
    try:
        if path.read_bytes() != data:
            raise failure("changed meanwhile", got=visible(str(path)))
        if not _in_git(path, data):
            _spare(path).write_bytes(data)
        write_whole(path, fix.data.decode())
    except OSError as error:
        raise failure("not written", got=visible(str(path)), why=reason(error)) from None


def _spare(path: Path) -> Path:
    """A name for the old file that is not taken."""
    spare = path.with_name(f"{path.name}.orig")
    number = 2
    while spare.exists():
        spare, number = path.with_name(f"{path.name}.orig{number}"), number + 1
    return spare


def _in_git(path: Path, data: bytes) -> bool:
    """Whether git has this very content. No hook, filter or monitor of the repository is run."""
    command = ["git", "-c", "core.fsmonitor=false", "-C", str(path.parent), "ls-files", "--stage", "--", path.name]
    try:
        done = subprocess.run(command, capture_output=True, timeout=GIT, check=False)
    except (OSError, subprocess.SubprocessError):
        return False
    blob = sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    return done.returncode == 0 and blob.encode() in done.stdout.split()
