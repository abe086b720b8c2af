"""The texts of all commands, in English and Chinese side by side, and the current language."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from byhand.cli._texts.errors import ERRORS
from byhand.cli._texts.helps import HELPS
from byhand.cli._texts.outputs import OUTPUTS
from byhand.cli._texts.pages import PAGES
from byhand.cli._texts.practice import PRACTICE
from byhand.judge.reporting.words import LANGUAGES, language

__all__ = ["LANGUAGES", "TEXTS", "describe", "say", "speak", "spoken"]

TEXTS = {**HELPS, **ERRORS, **OUTPUTS, **PAGES, **PRACTICE}

_spoken = LANGUAGES[0]


def speak(arguments: Sequence[str]) -> None:
    """Choose the language of a command line: the last ``--lang`` in it, else the locale's.

    This happens before parsing, because help and parsing errors need the language too. An unknown language is refused
    later, by the option's own check.
    """
    global _spoken
    wanted = None
    for before, word in pairwise(("", *takewhile(lambda word: word != "--", arguments))):
        value = word if before == "--lang" else word[len("--lang=") :] if word.startswith("--lang=") else ""
        wanted = value if value in LANGUAGES else wanted
    _spoken = language(wanted)


def spoken() -> str:
    """The current language, "en" or "zh"."""
    return _spoken


def say(key: str, **fill: object) -> str:
    """The text of ``key`` in the current language, with its placeholders filled."""
    text = TEXTS[key][LANGUAGES.index(_spoken)]
    return text.format(**fill) if fill else text


def describe(command: str, parameter: str) -> str:
    """The help of a parameter: that of this command, or the one common to all commands."""
    key = f"{command}.{parameter}"
    return say(key if key in TEXTS else parameter)
