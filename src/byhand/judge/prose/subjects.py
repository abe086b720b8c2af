"""Which of the seven a text is about, by what it names; a relative of theirs, such as RMSProp, is none."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files

__all__ = ["OTHER", "about", "named_alone", "spoken", "subject"]

OTHER = "other"
"""A relative of the seven."""
_WORDS = tomllib.loads(files("byhand.judge.prose").joinpath("subjects.toml").read_text("utf-8"))


def _pattern(task: str, parts: list[str]) -> re.Pattern[str]:
    r"""Any of the parts. The end of a Latin word is no \b: in Chinese text, no blank divides Adam from 算法."""
    joined = re.sub(r"\\b(?=\w)", "(?<![A-Za-z])", "|".join(parts)).replace(r"\b", "(?![A-Za-z])")
    return re.compile(joined, 0 if task == "adam" else re.IGNORECASE)


_NAMES = {task: _pattern(task, parts) for task, parts in _WORDS["names"].items()}
_HEADINGS = {
    task: re.compile(rf"(?<![A-Za-z])(?:{'|'.join(parts)})(?![A-Za-z])", re.IGNORECASE)
    for task, parts in _WORDS["headings"].items()
}
_FILL = re.compile(rf"\b(?:{'|'.join(_WORDS['fill']['words'])})\b|{'|'.join(_WORDS['fill']['han'])}", re.IGNORECASE)
_NUMBERS = re.compile(r"[*_`#]|\d+(?:\.\d+)*[.)、:]?|[()（）【】\[\]:：.，,、\-–—!！?？✍️]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|_")


@lru_cache(500)
def about(text: str) -> frozenset[str]:
    """All that a text names: the seven, and :data:`OTHER`."""
    found = {task for task, pattern in _NAMES.items() if pattern.search(text)}
    return frozenset(found - {"sgd"} if "momentum" in found else found)


def subject(heading: str, between: str, before: str) -> str:
    """What a formula is about: its heading and the text right before it say so; else as the formula before it.

    "" if they say nothing, :data:`OTHER` if they say several things.
    """
    over, near = about(heading), about(between)
    if len(over) == 1 and over & near and OTHER not in near:
        return next(iter(over))
    if near:
        return next(iter(near)) if len(near) == 1 else OTHER
    return next(iter(over)) if len(over) == 1 else before


def spoken(name: str) -> str:
    """A name of code as words: ``my_adam`` and ``MyAdam`` are "my Adam"."""
    words = _CAMEL.sub(" ", name)
    return re.sub(r"\badam ?(w?)\b", lambda found: f"Adam{found[1].upper()}", words, flags=re.IGNORECASE)


def named_alone(heading: str) -> str:
    """The task that a heading consists of, apart from words such as "implement" and numbers; "" if there is none."""
    plain = _NUMBERS.sub(" ", heading)
    task: str
    for task, pattern in _HEADINGS.items():
        rest, count = pattern.subn(" ", plain, count=1)
        if count and not _FILL.sub(" ", rest).strip() and not about(heading) - {task}:
            return task
    return ""
