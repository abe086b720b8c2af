"""The end of the tour: checking a learner's notebook."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from byhand.cli._terminal import why_stopped
from byhand.cli._texts import say, spoken

NAME = "first-try.ipynb"
"""A file in this folder; in a checkout, a link to the notebook in the examples."""


def lesson(screen: Console) -> None:
    """Check the notebook and show the report, or say that nothing can be sealed here."""
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
