"""A file of ``byhand practice``, judged and recorded."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from byhand.cli._practice.counting import named_by_header
from byhand.cli._terminal import failure_saying, why_stopped
from byhand.cli._texts import spoken

if TYPE_CHECKING:
    from byhand.judge.judge import Judge
    from byhand.judge.model import Report


@dataclass(frozen=True)
class Judged:
    """The report of a file; or why it can't be read."""

    report: Report | None
    unreadable: str = ""


def judged(judge: Judge, data: bytes, path: Path) -> Judged:
    """Judge a file; one that can't be read is no failure, since its learner is about to save it again."""
    from byhand.judge.reading.neighbours import read_whole
    from byhand.judge.reading.notebook import Unreadable
    from byhand.judge.reading.syntax import quiet
    from byhand.sandbox import Stopped

    with quiet():
        try:
            return Judged(judge.judge(read_whole(data, str(path)), names=named_by_header(data)))
        except Unreadable as error:
            return Judged(None, error.said(spoken()))
        except Stopped as stop:
            raise failure_saying(why_stopped(stop)) from None
