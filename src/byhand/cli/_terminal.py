"""What every command needs of a terminal: a console, one sentence for an error, and the exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from difflib import get_close_matches

import typer
from rich.console import Console

DONE = 0
WRONG = 1
"""It ran, and something is wrong."""
USAGE = 2
"""It could not run: bad usage, or something is missing."""
STOPPED = 130
"""Ctrl-C: 128 and the number of the signal, as shells have it."""


def console(*, stderr: bool = False) -> Console:
    """Where to print: plain text where no person looks on, and no style at all under ``NO_COLOR``.

    rich takes ``NO_COLOR`` to mean colours only and still writes bold.
    """
    plain = bool(os.environ.get("NO_COLOR"))
    return Console(stderr=stderr, highlight=False, color_system=None if plain else "auto")


def is_live(out: Console) -> bool:
    """Whether ``out`` can move its cursor; ``FORCE_COLOR`` makes rich take a pipe for a terminal, but it is none."""
    return out.is_terminal and sys.stdout.isatty() and not out.is_dumb_terminal


def failure(sentence: str, code: int = USAGE) -> typer.Exit:
    """The exception to raise after telling, in one sentence, why: ``raise failure("...")``."""
    console(stderr=True).print(f"byhand: {sentence}", markup=False, soft_wrap=True)
    return typer.Exit(code)


def meant(word: str, names: Iterable[str]) -> str:
    """A question that proposes the names most like a word, or of which it is a part; "" if none is."""
    names = list(names)
    close = [name for name in names if word and word in name] or get_close_matches(word, names, 3, 0.7)
    return f" Do you mean {' or '.join(close[:3])}?" if close else ""
