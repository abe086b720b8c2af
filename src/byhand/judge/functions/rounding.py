"""Results that a program rounds to a few digits after the point: a convention, not a mistake."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from byhand.judge.functions.costs import known
from byhand.judge.model import Definition

__all__ = ["COST", "PAGE", "digits"]

PAGE = known("cross_entropy/rounded-result")
COST = 2
"""Cost as a calling convention, so that an unrounded result is preferred."""
_ROUNDS = ("round", "round_", "around")
_FORMATTED = re.compile(r"\.(\d+)f")
_MOST = 12
"""With more digits, rounding is below the rounding errors of the result."""


def digits(definition: Definition) -> tuple[int, ...]:
    """The numbers of digits to which the program may round: ``round(x, 4)``, ``float(f"{x:.4f}")``."""
    found = (number for node in ast.walk(definition.node) for number in _of(node))
    return tuple(dict.fromkeys(number for number in found if 0 < number <= _MOST))


def _of(node: ast.AST) -> Iterator[int]:
    if not isinstance(node, ast.Call):
        return
    name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
    if name in _ROUNDS:
        given = [*node.args[-1:], *(keyword.value for keyword in node.keywords)]
        yield from (value.value for value in given if isinstance(value, ast.Constant) and type(value.value) is int)
    elif name in ("float", "Decimal"):
        yield from (int(number) for number in _FORMATTED.findall(ast.unparse(node)))
