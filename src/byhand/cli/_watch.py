"""Files that are watched: their next content, once it is stable, and keys that are pressed meanwhile."""

from __future__ import annotations

import os
import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from byhand.cli._terminal import failure
from byhand.cli._texts import say

POLL, AWAY = 0.1, 1.0
"""Seconds between two looks at a watched file, and until a missing file is reported: an editor may be about to replace
it.
"""


class Watched:
    """A file that is looked at again and again: an editor may first empty, remove or replace it."""

    def __init__(self, file: str, old: bytes, read: Callable[[str], bytes], unreadable: Callable[[str, OSError], str]):
        self._file, self._old, self._before = file, old, old
        self._read, self._unreadable = read, unreadable
        self._missed, self._told = 0.0, ""

    def look(self) -> bytes | None:
        """The content, if it has changed and is the same at two looks; None else. Reports what stays unreadable."""
        try:
            now = self._read(self._file)
        except OSError as error:
            now, why = self._before, self._unreadable(self._file, error)
        else:
            why = "" if now else say("empty", file=self._file)
        self._missed = self._missed + POLL if why else 0.0
        if self._missed >= AWAY and why != self._told:
            failure("watched on", why=why)
            self._told = why
        if not why:
            if now == self._before != self._old:
                return now
            self._before, self._told = now, ""
        return None

    def changed(self) -> bytes:
        """Wait for the next content."""
        while True:
            time.sleep(POLL)
            if (now := self.look()) is not None:
                return now


@contextmanager
def keys() -> Iterator[Callable[[float], str]]:
    """A function that waits some seconds for a key and returns it, "" if none came.

    Where standard input is no terminal there are no keys, and it only waits.
    """
    try:
        import termios
        import tty
    except ImportError:  # not on Windows
        yield _no_key
        return
    if sys.stdin is None or not sys.stdin.isatty():
        yield _no_key
        return
    number = sys.stdin.fileno()
    before = termios.tcgetattr(number)
    try:
        tty.setcbreak(number)
        yield lambda seconds: _key(number, seconds)
    finally:
        termios.tcsetattr(number, termios.TCSADRAIN, before)


def _no_key(seconds: float) -> str:
    time.sleep(seconds)
    return ""


def _key(number: int, seconds: float) -> str:
    ready, _, _ = select.select([number], [], [], seconds)
    if not ready:
        return ""
    read = os.read(number, 64)
    if not read:  # the terminal has gone
        raise KeyboardInterrupt
    return read[:1].decode("ascii", "replace").lower()
