"""What every command needs of a terminal: a console, one sentence for an error, and the exit codes."""

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

from byhand.cli._texts import TEXTS, say
from byhand.judge.visible import visible

if TYPE_CHECKING:
    from byhand.sandbox import Stopped

DONE = 0
WRONG = 1
"""It ran, and something is wrong."""
USAGE = 2
"""It could not run: bad usage, or something is missing."""
STOPPED = 130
"""Ctrl-C: 128 and the number of the signal, as shells have it."""
NOBODY_READS = 141
"""Likewise, of a pipe whose other end is closed, as ``head`` closes it."""
NARROW, WIDE = 20, 1000
"""Columns of a terminal that a sentence can be read on; more than anybody has."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Nobody reads on: leave it to :func:`byhand.cli.main`."""
        raise BrokenPipeError


def console(*, stderr: bool = False) -> Console:
    """Where to print: plain text where no person looks on, and no style at all under ``NO_COLOR``.

    rich takes ``NO_COLOR`` to mean colours only and still writes bold.
    """
    settle_width()
    plain = bool(os.environ.get("NO_COLOR"))
    out = _Console(stderr=stderr, highlight=False, emoji=False, color_system=None if plain else "auto")
    if out.width < NARROW:
        out.width = NARROW
    return out


def settle_width() -> None:
    """Widths that the environment names: what is no number is forgotten, and others are such as can be printed in."""
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
    """Whether ``out`` can move its cursor; ``FORCE_COLOR`` makes rich take a pipe for a terminal, but it is none."""
    return out.is_terminal and sys.stdout.isatty() and not out.is_dumb_terminal


def failure(key: str, code: int = USAGE, **fill: object) -> typer.Exit:
    """The exception to raise after telling why, in a sentence of the table: ``raise failure("watch")``."""
    return failure_saying(say(key, **fill), code)


def failure_saying(sentence: str, code: int = USAGE) -> typer.Exit:
    """The same with a sentence that is already in words."""
    with suppress(OSError):  # whom nobody hears still has an exit code
        console(stderr=True).print(f"byhand: {visible(sentence)}", markup=False, soft_wrap=True)
    return typer.Exit(code)


def unknown(argument: str, command: str, got: str, known: Iterable[str]) -> typer.Exit:
    """The failure of an argument that has to be one of a few words."""
    known = list(known)
    choices, hint = say("comma").join(known), meant(got, known)
    return failure("one of", argument=argument, command=command, known=choices, got=got, meant=hint)


def reason(error: OSError) -> str:
    """Why the system refused, in the language that is spoken; what was said otherwise stays as it is."""
    name = errorcode.get(error.errno or 0, "")
    standard = name in TEXTS and error.strerror == os.strerror(error.errno or 0)
    return say(name) if standard else str(error.strerror)


def why_stopped(stop: Stopped) -> str:
    """Why nothing can be judged here, in the language that is spoken as far as it is known."""
    missing = say("semicolon").join(stop.missing)
    return say("not sealed", why=missing) if missing else say("no sandbox", why=stop.detail)


def meant(word: str, names: Iterable[str]) -> str:
    """A question that proposes the names most like a word, or of which it is a part; "" if none is."""
    names = list(names)
    close = [name for name in names if word and word in name] or get_close_matches(word, names, 3, 0.7)
    return say("meant", names=say("or").join(close[:3])) if close else ""
