"""Gradients that a program writes down itself: what they may be taken for, right and wrong."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Array
from byhand.judge.functions.costs import MISTAKEN, known
from byhand.judge.functions.draws import one_hot
from byhand.judge.model import Definition

_GRADIENT = re.compile(r"^(?:self\.)?(?:\w*grad\w*|d_?[a-zA-Z]\w*|delta\w*)\b|梯度")
_FUNCTION = re.compile(r"\bFunction\)\s*:")
"""A class whose gradient is the learner's own."""
OF_THE_SUM, OF_THE_MEAN, OF_THE_TARGET = "of the sum", "of the mean", "of the target"
_WRONG = {
    OF_THE_SUM: "cross_entropy/gradient-not-divided-by-n",
    OF_THE_MEAN: "cross_entropy/gradient-divided-by-n",
    "sign flipped": "cross_entropy/gradient-sign-flipped",
    "without the target": "cross_entropy/gradient-without-the-target",
    "only at the class": "cross_entropy/gradient-only-at-the-class",
    "upside down": "kl_divergence/gradient-upside-down",
    "without p": "kl_divergence/gradient-without-p",
    OF_THE_TARGET: "kl_divergence/gradient-of-p",
}
"""What may be wrong with a gradient, and its page."""
_SPREAD = ("without the target", "only at the class")
"""Mistakes in p − y, the gradient of logits."""
_QUOTIENT = ("upside down", "without p", OF_THE_TARGET)
"""Mistakes in −p/q, the gradient of probabilities."""


@dataclass(frozen=True)
class Slope:
    """What a gradient is taken for; by default that of the value, whatever the value is."""

    own: bool = False
    """Whether it is written down: right, or wrong in its own way, where the value is wrong."""
    by: str = ""
    """What it is with respect to, if not the prediction: the "logits" of a probability, or the "target"."""
    averaged: bool = False
    """Whether it is of the mean of losses that are given row by row."""
    wrong: str = ""

    @property
    def cost(self) -> int:
        """As a calling convention."""
        return self.own + 2 * bool(self.by) + 2 * self.averaged + (MISTAKEN if self.wrong else 0)

    @property
    def pages(self) -> tuple[str, ...]:
        """Ids of the pages that it stands for."""
        logits = known("cross_entropy/gradient-of-the-logits") if self.by == "logits" else ()
        return (*logits, *(known(_WRONG[self.wrong]) if self.wrong else ()))

    def share(self, result: str, number: int, columns: tuple[int, ...]) -> float:
        """What the gradient of the rows' sum is multiplied by, beside a ``result`` of so many rows and columns."""
        if self.averaged or self.wrong == OF_THE_MEAN:
            return 1 / number
        if self.wrong == OF_THE_SUM:
            return 1.0
        return share(result, number, columns)

    def of(self, kind: str, right: Array, pred: Array, target: Array) -> Array:
        """What it is where the right one is ``right``, in the form of :func:`tangent`."""
        g, x = right.astype(np.float64), pred.astype(np.float64)
        if self.by == "logits":
            g = tangent(kind, x * (1 - x) * g if kind.startswith("binary") else x * g, x)
        if self.wrong == "sign flipped":
            g = -g
        elif self.wrong == "without the target":
            g = g + _full(target, g.shape)
        elif self.wrong == "only at the class":
            g = g * (_full(target, g.shape) != 0)
        elif self.wrong == "upside down":
            g = tangent(kind, -x / _full(target, g.shape), x)
        elif self.wrong == "without p":
            g = tangent(kind, -1 / x, x)
        elif OF_THE_TARGET in (self.wrong, f"of the {self.by}"):
            g = tangent(kind, np.log(_full(target, g.shape) / x), x)
        return g


def slopes(kind: str, result: str, own: bool, symmetric: bool) -> Iterator[Slope]:
    """What the gradient of a loss of this kind and result may be taken for.

    ``own`` if the program writes one down; ``symmetric`` if its names do not say which input the gradient is of.
    """
    yield Slope()
    if not own:
        return
    plain = kind == "probabilities"
    for by in ("", "logits") if "probabilities" in kind and "log" not in kind else ("",):
        averaged = (False, True) if result in ("rows", "elements") else (False,)
        yield from (Slope(True, by, one) for one in averaged)
        spread = by == "logits" or "logits" in kind
        for wrong in _WRONG if result in ("rows", "elements", "mean", "sum") else ():
            if wrong in (OF_THE_SUM, OF_THE_MEAN):
                fits = result == {OF_THE_SUM: "mean", OF_THE_MEAN: "sum"}[wrong]
            else:
                fits = spread if wrong in _SPREAD else plain and not by if wrong in _QUOTIENT else True
            if fits and not (symmetric and wrong == OF_THE_TARGET):
                yield from (Slope(True, by, one, wrong) for one in averaged)
    if symmetric and plain:
        yield Slope(True, "target")


def share(result: str, number: int, columns: tuple[int, ...]) -> float:
    """What the sum over so many rows is multiplied by to give a result."""
    if result == "mean":
        return 1 / number
    if result == "mean over rows":
        return 1 / number**2
    return 1 / columns[0] if result == "sum over columns" else 1.0


def tangent(kind: str, gradient: Array, pred: Array) -> NDArray[np.float64]:
    """The part of a gradient along which rows stay distributions: it is the same whether the program normalises."""
    g, x = gradient.astype(np.float64), pred.astype(np.float64)
    with np.errstate(invalid="ignore"):
        if kind == "probabilities":
            g = g - (g * x).sum(-1, keepdims=True)
        elif kind.startswith("log-probabilities"):
            g = g - np.exp(x) * g.sum(-1, keepdims=True)
    return np.asarray(g)


def gradient_place(definition: Definition) -> int | None:
    """Which part of the result is a gradient, by the names in its return statement; None if none is."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for place, part in enumerate(node.value.elts):
                if _GRADIENT.search(ast.unparse(part)):
                    return place
    return None


def writes_gradient(definition: Definition, backward: bool) -> bool:
    """Whether the program gives a gradient of its own: by a method ``backward``, beside the loss, or to autograd."""
    return backward or gradient_place(definition) is not None or bool(_FUNCTION.search(definition.program))


def _full(target: Array, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A target in a gradient's shape."""
    return target.astype(np.float64) if target.shape == shape else one_hot(target, shape[-1])
