"""Progress as sentences, and the report of a check that counts."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from byhand.cli._terminal import failure, failure_saying, reason
from byhand.cli._texts import say, spoken

if TYPE_CHECKING:
    from byhand.judge.model import Report
    from byhand.practice.headers import Header
    from byhand.practice.judging import Mark
    from byhand.practice.progress import Progress


def counted(report: Report, data: bytes) -> str:
    """Record what a check says of a file of ``byhand practice``; one sentence about it, "" of any other file.

    A progress file that can't be written is reported, and does not spoil the check.
    """
    from byhand.practice.headers import header_of
    from byhand.practice.judging import record_file
    from byhand.practice.progress import Progress

    text, progress = data.decode("utf-8", "replace"), Progress()
    try:
        found = record_file(progress, report, text)
        return "" if found is None else sentence(*found, progress)
    except (OSError, sqlite3.Error) as error:
        if header_of(text) is not None:  # of other files nobody asked for anything to be kept
            failure_saying(say("no progress", path=progress.path, why=_why(error)))
        return ""


def named_by_header(data: bytes) -> dict[str, str]:
    """What a file of ``byhand practice`` says of its definition, as ``--as`` would; nothing of any other file."""
    from byhand.practice.headers import header_of
    from byhand.practice.judging import named

    return named(header_of(data.decode("utf-8", "replace")))


def sentence(header: Header, mark: Mark, progress: Progress) -> str:
    """How the exercise or the hunt of a file stands, and what is next."""
    if header.kind == "hunt":
        return say("hunt mended") if mark.done else say("hunt open")
    if mark.done:
        return say("exercise done", id=header.name, standing=standing(progress))
    if mark.why == "another variant":
        return say("another variant", id=header.name)
    if mark.why == "library":
        return say("library does not count", id=header.name)
    return say("exercise open", id=header.name)


def standing(progress: Progress) -> str:
    """How many exercises are done, and which is next."""
    from byhand.practice.exercises import exercises, next_exercise

    done = progress.done()
    number, total = sum(1 for one in exercises() if done.get(one.id)), len(exercises())
    following = next_exercise(done)
    if following is None:
        return say("all done", total=total)
    return say("standing", n=number, total=total, title=following.title(spoken()), id=following.id)


@contextmanager
def kept() -> Iterator[Progress]:
    """The progress; a file that can't be read or written ends the command with one sentence."""
    from byhand.practice.progress import Progress

    progress = Progress()
    try:
        yield progress
    except sqlite3.Error as error:
        raise failure("no progress", path=progress.path, why=_why(error)) from None


def _why(error: Exception) -> str:
    return reason(error) if isinstance(error, OSError) else str(error)
