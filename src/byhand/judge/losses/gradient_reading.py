"""Gradients that a program computes itself, and how they may be read: right, or with a known mistake."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Array
from byhand.judge.functions.costs import MISTAKEN, known
from byhand.judge.functions.draws import one_hot
from byhand.judge.model import Definition

_GRADIENT = re.compile(r"^(?:self\.)?(?:\w*grad\w*|d_?[a-zA-Z]\w*|delta\w*)\b|梯度")
_FUNCTION = re.compile(r"\bFunction\)\s*:")
"""In the text of a program with an autograd Function."""
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
"""Mistakes in a gradient, and their pages."""
_SPREAD = ("without the target", "only at the class")
"""Mistakes in p − y, the gradient of logits."""
_QUOTIENT = ("upside down", "without p", OF_THE_TARGET)
"""Mistakes in −p/q, the gradient of probabilities."""


@dataclass(frozen=True)
class GradientReading:
    """How to read a gradient; by default as the derivative of the value, also if the value is wrong."""

    written: bool = False
    """Whether the program computes it: then it may be right although the value is wrong, or the other way round."""
    variable: str = ""
    """With respect to what, if not the prediction: the "logits" of a probability, or the "target"."""
    averaged: bool = False
    """Whether it is the gradient of the mean although the losses are returned row by row."""
    wrong: str = ""
    """Its mistake, a key of ``_WRONG``; "" for none."""

    @property
    def cost(self) -> int:
        """Its share of the cost of a calling convention."""
        return self.written + 2 * bool(self.variable) + 2 * self.averaged + (MISTAKEN if self.wrong else 0)

    @property
    def pages(self) -> tuple[str, ...]:
        """Ids of the pages that it stands for."""
        logits = known("cross_entropy/gradient-of-the-logits") if self.variable == "logits" else ()
        return (*logits, *(known(_WRONG[self.wrong]) if self.wrong else ()))

    def factor(self, result: str, number: int, columns: tuple[int, ...]) -> float:
        """The factor of the gradient of the sum of the rows, for a ``result`` of this many rows and columns."""
        if self.averaged or self.wrong == OF_THE_MEAN:
            return 1 / number
        if self.wrong == OF_THE_SUM:
            return 1.0
        return factor(result, number, columns)

    def from_right(self, kind: str, right: Array, pred: Array, target: Array) -> Array:
        """The expected gradient if the right one is ``right``, both in the form of :func:`tangent`."""
        g, x = right.astype(np.float64), pred.astype(np.float64)
        if self.variable == "logits":
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
        elif OF_THE_TARGET in (self.wrong, f"of the {self.variable}"):
            g = tangent(kind, np.log(_full(target, g.shape) / x), x)
        return g


def gradient_readings(kind: str, result: str, written: bool, symmetric: bool) -> Iterator[GradientReading]:
    """The readings of the gradient of a loss of this kind and result.

    ``written`` if the program computes one; ``symmetric`` if its names do not say with respect to which input.
    """
    yield GradientReading()
    if not written:
        return
    plain = kind == "probabilities"
    for variable in ("", "logits") if "probabilities" in kind and "log" not in kind else ("",):
        averaged = (False, True) if result in ("rows", "elements") else (False,)
        yield from (GradientReading(True, variable, one) for one in averaged)
        spread = variable == "logits" or "logits" in kind
        for wrong in _WRONG if result in ("rows", "elements", "mean", "sum") else ():
            if wrong in (OF_THE_SUM, OF_THE_MEAN):
                fits = result == {OF_THE_SUM: "mean", OF_THE_MEAN: "sum"}[wrong]
            else:
                fits = spread if wrong in _SPREAD else plain and not variable if wrong in _QUOTIENT else True
            if fits and not (symmetric and wrong == OF_THE_TARGET):
                yield from (GradientReading(True, variable, one, wrong) for one in averaged)
    if symmetric and plain:
        yield GradientReading(True, "target")


def factor(result: str, number: int, columns: tuple[int, ...]) -> float:
    """The factor by which the sum of the rows is multiplied to give a result."""
    if result == "mean":
        return 1 / number
    if result == "mean over rows":
        return 1 / number**2
    return 1 / columns[0] if result == "sum over columns" else 1.0


def tangent(kind: str, gradient: Array, pred: Array) -> NDArray[np.float64]:
    """The component of a gradient that keeps rows normalised; it is the same whether or not the program normalises."""
    g, x = gradient.astype(np.float64), pred.astype(np.float64)
    with np.errstate(invalid="ignore"):
        if kind == "probabilities":
            g = g - (g * x).sum(-1, keepdims=True)
        elif kind.startswith("log-probabilities"):
            g = g - np.exp(x) * g.sum(-1, keepdims=True)
    return np.asarray(g)


@lru_cache(maxsize=64)
def gradient_place(definition: Definition) -> int | None:
    """The index of the gradient in a returned tuple, by the names in the return statement; None if there is none."""
    for node in ast.walk(definition.node):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for place, part in enumerate(node.value.elts):
                if _GRADIENT.search(ast.unparse(part)):
                    return place
    return None


def writes_gradient(definition: Definition, backward: bool) -> bool:
    """Whether the program computes a gradient: in a method ``backward``, next to the loss, or for autograd."""
    return backward or gradient_place(definition) is not None or bool(_FUNCTION.search(definition.program))


def _full(target: Array, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """A target in the shape of the gradient, one-hot for classes."""
    return target.astype(np.float64) if target.shape == shape else one_hot(target, shape[-1])
