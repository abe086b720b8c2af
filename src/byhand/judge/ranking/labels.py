"""What labels an AUC may be given: 0 and 1, truth values, −1 and 1, or two words that the program speaks of."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.model import Definition

__all__ = ["SIGNED", "labelled", "labels", "unshaped"]

_OR = r"\s*(?:/|或|和|、|,|and|or)\s*"
SIGNED = re.compile(rf"[!=]=\s*-\s*1\b|±\s*1|[-−]\s*1{_OR}\+?\s*1\b|\+\s*1{_OR}[-−]\s*1\b|[{{(]\s*[-−]1\s*,\s*\+?1")
"""Of a program that speaks of −1."""
_NEGATIVE = re.compile(r"n|no|neg(?:ative)?|0|f|false|bad|ham|负|否|非", re.IGNORECASE)
"""Words for the negative class."""


@dataclass(frozen=True)
class Labels:
    """A kind of labels."""

    target: str
    """As a form of the call has it."""
    said: str
    """In the report."""
    cost: int = 0
    words: tuple[str, str] | None = None
    """Those of negatives and of positives."""


_USUAL = (Labels("0/1", "labels 0 and 1"), Labels("true/false", "labels true and false", 1))
_SIGNED = Labels("±1", "labels −1 and 1", 2)


def labels(definition: Definition, calls: Calls) -> Iterator[Labels]:
    """Kinds that the program may want, the likeliest first."""
    yield from _USUAL
    if SIGNED.search(unshaped(definition.source)):
        yield _SIGNED
    words = list(dict.fromkeys(_compared(definition, calls)))[:2]
    if words and not calls.signature.pairs:
        first, *rest = words
        second = next(iter(rest), f"not {first}")
        pair = (first, second) if _NEGATIVE.fullmatch(first) else (second, first)
        yield Labels("words", "labels of two words", 2, pair)


def unshaped(source: str) -> str:
    """The text without shapes, which speak of −1 and 1 too."""
    return re.sub(r"(?:reshape|view)\([^()]*\)", "", source)


def _compared(definition: Definition, calls: Calls) -> Iterator[str]:
    """Words with which something else than an option is compared."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Compare) and len(node.ops) == 1 and isinstance(node.ops[0], ast.Eq | ast.NotEq):
            sides = (node.left, node.comparators[0])
            named = {part.id for side in sides for part in ast.walk(side) if isinstance(part, ast.Name)}
            if not named & {"__name__", *calls.signature.optional}:
                yield from (s.value for s in sides if isinstance(s, ast.Constant) and isinstance(s.value, str))


def labelled(form: Form, positive: Array) -> Array:
    """Labels of which these are positive, as numbers; of words too, of which the call makes words."""
    truth = positive.astype(bool)
    if form.target == "true/false":
        return truth
    return 2 * truth.astype(np.int64) - 1 if form.target == "±1" else truth.astype(np.int64)
