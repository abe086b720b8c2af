"""What symbols of an update rule are by their names: parameters, gradients, hyperparameters; and their time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from byhand.judge.prose.tree import Node

__all__ = ["DECAYS", "EPS", "GRADIENTS", "PARAMETERS", "RATES", "Name", "is_gradient", "is_square", "named"]

PARAMETERS = (
    "theta",
    "w",
    "W",
    "x",
    "b",
    "omega",
    "phi",
    "Theta",
    "param",
    "params",
    "weight",
    "weights",
    "parameter",
    "参数",
    "权重",
    "新参数",
    "旧参数",
    "X",
    "p",
    "parameters",
)
GRADIENTS = ("g", "grad", "gradient", "gradients", "dw", "dW", "dx", "db", "dtheta", "梯度", "G", "grads")
RATES = (
    "eta",
    "alpha",
    "lr",
    "learning_rate",
    "step_size",
    "学习率",
    "步长",
    "gamma",
    "epsilon",
    "lambda",
    "a",
    "learningrate",
)
DECAYS = ("beta", "rho", "gamma", "mu", "b", "alpha", "动量系数", "衰减率", "momentum")
EPS = ("epsilon", "eps", "delta")
_TIME = re.compile(r"\(?([tkinjsT]|tau)([+-]\d)?\)?")
_SPOKEN = {"old": -1, "prev": -1, "previous": -1, "旧": -1, "new": 0, "新": 0}
_OF = re.compile(r"d?[wWbxθ]|d?theta|j|\\theta")


@dataclass(frozen=True)
class Name:
    """A symbol without its time."""

    name: str
    label: str
    corrected: bool
    """Whether it has a hat or is called corrected."""
    index: str
    """The letter that counts the steps, "" if there is none."""
    offset: int

    @property
    def variable(self) -> tuple[str, str]:
        """What stays the same over the steps and under a hat."""
        return self.name, self.label


@lru_cache(1000)
def named(node: Node) -> Name:
    """The name of a symbol."""
    labels = [label for text in (node.below, node.above) for label in text.split(",") if label]
    index, offset, rest = "", 0, []
    corrected = "hat" in node.accents or "tilde" in node.accents
    for label in labels:
        if label in _SPOKEN:
            index, offset = "step", _SPOKEN[label]
        elif not index and (match := _TIME.fullmatch(label)):
            index, offset = match[1], int(match[2] or 0)
        elif label.startswith("corr") or label in ("hat", "c", "修正"):
            corrected = True
        elif not _OF.fullmatch(label) and not label.startswith("("):
            rest.append(label)
    return Name(node.name, ",".join(rest), corrected, index, offset)


def is_gradient(node: Node) -> bool:
    """Whether it is a gradient, by a ∇, a ∂ or its name."""
    if node.kind == "group":
        return is_gradient(node.parts[0])
    return node.kind in ("gradient", "differential") or (node.kind == "symbol" and node.name in GRADIENTS)


def is_square(node: Node) -> bool:
    """Whether it is the square of a gradient: g², g · g."""
    if node.kind == "power":
        return is_gradient(node.parts[0]) and node.parts[1].kind == "number" and node.parts[1].value == 2
    return node.kind == "product" and sum(is_gradient(part) for part in node.parts) == 2
