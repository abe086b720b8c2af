"""The end of the tour: a learner's notebook, checked."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from byhand.cli._terminal import why_stopped
from byhand.cli._texts import say, spoken

NAME = "first-try.ipynb"
"""Beside this file; in a clone a link to the one among the examples."""


def lesson(screen: Console) -> None:
    """Check it, and show the report; say so if nothing can be sealed off here."""
    from byhand.judge.judge import judge
    from byhand.judge.reading.notebook import read
    from byhand.judge.reporting import terminal
    from byhand.sandbox import Stopped

    screen.print(say("lesson", name=NAME), style="bold")
    path = Path(__file__).with_name(NAME)
    try:
        report = judge(read(path.read_bytes(), path.name))
    except Stopped as stop:
        screen.print(why_stopped(stop), markup=False)
    else:
        terminal.show(screen, report, spoken())
