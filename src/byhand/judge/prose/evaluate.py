"""The value of a formula's tree, for given values of its symbols. Nothing but the tree is evaluated."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from byhand.judge.prose.tree import Node, Unreadable

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Lookup", "value"]

Lookup = Callable[[Node], "Tensor"]
"""The value of a symbol, a gradient, a size, a Σ or a call. Raises Unreadable for one without a meaning."""


def value(node: Node, lookup: Lookup) -> Tensor:
    """The value of a tree in float64."""
    import torch

    def of(part: Node) -> Tensor:
        return value(part, lookup)

    match node.kind:
        case "number":
            return torch.tensor(node.value, dtype=torch.float64)
        case "group":
            return of(node.parts[0])
        case "sum of":
            return sum((of(part) for part in node.parts[1:]), of(node.parts[0]))
        case "minus":
            return -of(node.parts[0])
        case "product":
            result = of(node.parts[0])
            for part in node.parts[1:]:
                result = result * of(part)
            return result
        case "quotient":
            return of(node.parts[0]) / of(node.parts[1])
        case "power":
            return of(node.parts[0]) ** of(node.parts[1])
        case "root":
            return of(node.parts[0]).sqrt()
        case "call" if node.name in ("log", "log2", "log10") and not node.below.strip("e"):
            base = {"log": 1.0, "log2": 0.6931471805599453, "log10": 2.302585092994046}[node.name]
            return of(node.parts[0]).log() / base
        case "call" if node.name == "exp":
            return of(node.parts[0]).exp()
        case "symbol" | "gradient" | "differential" | "size" | "total" | "call":
            return lookup(node)
    raise Unreadable(node.kind)
