"""The labels that an AUC may take: 0 and 1, bools, −1 and 1, or two words that the program mentions."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.model import Definition

__all__ = ["SIGNED", "labelled", "labels", "without_shapes"]

_OR = r"\s*(?:/|或|和|、|,|and|or)\s*"
SIGNED = re.compile(rf"[!=]=\s*-\s*1\b|±\s*1|[-−]\s*1{_OR}\+?\s*1\b|\+\s*1{_OR}[-−]\s*1\b|[{{(]\s*[-−]1\s*,\s*\+?1")
"""In the text of a program that mentions labels −1 and 1."""
_NEGATIVE = re.compile(r"n|no|neg(?:ative)?|0|f|false|bad|ham|负|否|非", re.IGNORECASE)
"""Words for the negative class."""


@dataclass(frozen=True)
class Labels:
    """A kind of labels."""

    target: str
    """The value of :attr:`byhand.judge.functions.calls.Form.target`."""
    description: str
    """For the report."""
    cost: int = 0
    words: tuple[str, str] | None = None
    """The word for negatives and that for positives."""


_USUAL = (Labels("0/1", "labels 0 and 1"), Labels("true/false", "labels true and false", 1))
_SIGNED = Labels("±1", "labels −1 and 1", 2)


def labels(definition: Definition, calls: Calls) -> Iterator[Labels]:
    """The kinds of labels that the program may take, likely ones first."""
    yield from _USUAL
    if SIGNED.search(without_shapes(definition.source)):
        yield _SIGNED
    words = list(dict.fromkeys(_compared(definition, calls)))[:2]
    if words and not calls.signature.pairs_parameter:
        first, *rest = words
        second = next(iter(rest), f"not {first}")
        pair = (first, second) if _NEGATIVE.fullmatch(first) else (second, first)
        yield Labels("words", "labels of two words", 2, pair)


def without_shapes(source: str) -> str:
    """The text without shapes, which contain −1 and 1 too."""
    return re.sub(r"(?:reshape|view)\([^()]*\)", "", source)


def _compared(definition: Definition, calls: Calls) -> Iterator[str]:
    """The strings with which the text compares anything but an option."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = (node.left, node.comparators[0])
            named = {part.id for side in sides for part in ast.walk(side) if isinstance(part, ast.Name)}
            if not named & {"__name__", *calls.signature.optional}:
                yield from (s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, str))


def labelled(form: Form, positive: Array) -> Array:
    """The labels for these positives, as numbers; if labels are words, the call replaces the numbers by words."""
    truth = positive.astype(bool)
    if form.target == "true/false":
        return truth
    return 2 * truth.astype(np.int64) - 1 if form.target == "±1" else truth.astype(np.int64)
