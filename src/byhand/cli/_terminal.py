"""Terminal functions of all commands: the console, error messages, and exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from difflib import get_close_matches
from errno import errorcode
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from byhand.cli._texts import TEXTS, say, spoken
from byhand.judge.visible import visible

if TYPE_CHECKING:
    from byhand.sandbox import Reason, Stopped

DONE = 0
WRONG = 1
"""The command ran, and found something wrong."""
USAGE = 2
"""The command could not run: bad usage, or something is missing."""
STOPPED = 130
"""Ctrl-C: 128 plus the number of the signal, as in shells."""
NOBODY_READS = 141
"""The same for a closed pipe, as after ``| head``."""
NARROW, WIDE = 20, 1000
"""The largest width, in columns, that is used."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The reader closed the pipe: :func:`byhand.cli.main` handles it."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """The console to print to: plain text if it is not a terminal, and no style at all under ``NO_COLOR``.

    rich takes ``NO_COLOR`` to mean only colours and would still print bold.
    """
    settle_width()
    plain = bool(os.environ.get("NO_COLOR"))
    out = _Console(stderr=stderr, highlight=False, emoji=False, color_system=None if plain else "auto")
    if out.width < NARROW:
        out.width = NARROW
    return out


def settle_width() -> None:
    """Check the widths in the environment: values that are not numbers are ignored, others are limited."""
    for name in ("COLUMNS", "TERMINAL_WIDTH", "LINES"):
        value = os.environ.get(name)
        if value is None:
            continue
        number = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else 0
        if number:
            os.environ[name] = str(min(max(number, NARROW), WIDE))
        else:
            del os.environ[name]


def is_live(out: Console) -> bool:
    """Whether ``out`` is a real terminal; with ``FORCE_COLOR`` rich also takes a pipe for one."""
    return out.is_terminal and sys.stdout.isatty() and not out.is_dumb_terminal


def failure(key: str, code: int = USAGE, **fill: object) -> typer.Exit:
    """Print an error by its key in the texts, and return the exception to raise: ``raise failure("watch")``."""
    return failure_saying(say(key, **fill), code)


def failure_saying(sentence: str, code: int = USAGE) -> typer.Exit:
    """The same with a complete sentence."""
    with suppress(OSError):  # without a reader the exit code still counts
        console(stderr=True).print(f"byhand: {visible(sentence)}", markup=False, soft_wrap=True)
    return typer.Exit(code)


def unknown(argument: str, command: str, got: str, known: Iterable[str]) -> typer.Exit:
    """The failure for an argument that must be one of a few words."""
    known = list(known)
    choices, hint = say("comma").join(known), meant(got, known)
    return failure("one of", argument=argument, command=command, known=choices, got=got, meant=hint)


def reason(error: OSError) -> str:
    """The system's reason for the error in the user's language; unknown reasons unchanged."""
    name = errorcode.get(error.errno or 0, "")
    standard = name in TEXTS and error.strerror == os.strerror(error.errno or 0)
    return say(name) if standard else str(error.strerror)


def why_stopped(stop: Stopped) -> str:
    """Why nothing can be judged here, in the user's language."""
    why = in_words(stop.reason)
    return why if stop.kind == "not sealed" else say("no sandbox", why=why)


def in_words(reason: Reason) -> str:
    """A reason of the sandbox in the user's language."""
    from byhand.judge.phrases import of_sandbox
    from byhand.judge.reporting.words import written

    return written(of_sandbox(reason), spoken())


def meant(word: str, names: Iterable[str]) -> str:
    """A question that suggests the names most similar to a word, or containing it; "" if there are none."""
    names = list(names)
    close = [name for name in names if word and word in name] or get_close_matches(word, names, 3, 0.7)
    return say("meant", names=say("or").join(close[:3])) if close else ""
