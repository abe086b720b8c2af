"""All that commands say, in English and Chinese side by side, and which of the two is spoken now."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from byhand.cli._texts.errors import ERRORS
from byhand.cli._texts.helps import HELPS
from byhand.cli._texts.outputs import OUTPUTS
from byhand.cli._texts.pages import PAGES
from byhand.judge.reporting.words import LANGUAGES, language

__all__ = ["LANGUAGES", "TEXTS", "describe", "say", "speak", "spoken"]

TEXTS = {**HELPS, **ERRORS, **OUTPUTS, **PAGES}

_spoken = LANGUAGES[0]


def speak(arguments: Sequence[str]) -> None:
    """Choose the language of a command line: the last ``--lang`` in it, else the locale's.

    It is looked for before anything is parsed, since help and errors of parsing are spoken too. What is no language
    is refused later, by the option's own check.
    """
    global _spoken
    wanted = None
    for before, word in pairwise(("", *takewhile(lambda word: word != "--", arguments))):
        value = word if before == "--lang" else word[len("--lang=") :] if word.startswith("--lang=") else ""
        wanted = value if value in LANGUAGES else wanted
    _spoken = language(wanted)


def spoken() -> str:
    """The language of this command, "en" or "zh"."""
    return _spoken


def say(key: str, **fill: object) -> str:
    """The text of ``key`` in the language that is spoken, filled."""
    text = TEXTS[key][LANGUAGES.index(_spoken)]
    return text.format(**fill) if fill else text


def describe(command: str, parameter: str) -> str:
    """The help of a parameter: its own in this command, or that which it has in all."""
    key = f"{command}.{parameter}"
    return say(key if key in TEXTS else parameter)
