"""Inputs and results of a report as data. The words are chosen when the report is written, per language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from byhand.sandbox import Reason


@dataclass(frozen=True)
class Phrase:
    """A key of :data:`byhand.judge.reporting.texts.RESULTS` or ``REASONS``, and values for its placeholders."""

    key: str
    fill: Mapping[str, Text] = field(default_factory=dict)


Text: TypeAlias = "str | Phrase | tuple[Text, ...]"
"""Text that is the same in every language (numbers, an exception's message); a phrase; or a sequence of these."""


def of_sandbox(reason: Reason) -> Phrase:
    """A reason of the sandbox."""
    return Phrase(reason.key, {key: x if isinstance(x, str) else of_sandbox(x) for key, x in reason.fill.items()})


def named(name: str) -> Phrase:
    """The name of a value: "value", "gradient", "parameter 1"."""
    number = re.search(r"\d+", name)
    return Phrase(re.sub(r"\d+", "{n}", name), {"n": number[0]} if number else {})


def equals(name: str, number: ArrayLike | str, index: Sequence[object] = (), digits: int = 6) -> Text:
    """A value, or the entry of it at ``index``: "value = 0.5", "gradient [0, 2] = 0.5"."""
    where = f" [{', '.join(map(str, index))}]" if len(index) else ""
    return named(name), f"{where} = {number if isinstance(number, str) else f'{number:.{digits}g}'}"


def of_shape(name: str, shape: Sequence[int]) -> Text:
    """The shape of a value."""
    return Phrase("shape", {"what": named(name), "shape": str(tuple(shape))})


def returned(what: Text) -> Phrase:
    """What a program returned in place of a result."""
    return Phrase("returned", {"what": what})


def shaped(*shapes: Sequence[int]) -> Text:
    """Values of these shapes."""
    return together([Phrase("of shape", {"shape": str(tuple(shape))}) for shape in shapes])


def after(step: int, what: Text) -> Text:
    """A value after a step, counted from 1."""
    return Phrase("after step", {"step": str(step), "what": what})


def together(parts: Sequence[Text]) -> Text:
    """Parts joined with "and"."""
    words: list[Text] = []
    for part in parts:
        words += [Phrase("and"), part] if words else [part]
    return tuple(words)
