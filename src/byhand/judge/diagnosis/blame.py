"""Whether an exception is the learner's own fault or comes from the arguments that the judge passed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from byhand.judge.model import Definition, Outcome

SPOILT = ("AttributeError", "IndexError")
"""Exceptions of numbers that lack an attribute or item."""


def own(definition: Definition, outcomes: Sequence[Outcome]) -> bool:
    """Whether a line of the learner's fails for its own reason, and no calling convention gets further.

    It raises unconditionally; or it uses an attribute or an item of something that the text calculates with elsewhere,
    which therefore is a number or an array under any calling convention.
    """
    line = outcomes[0].line
    if line is None or any((outcome.line or 0) > line for outcome in outcomes):
        return False
    functions = [node for node in ast.walk(ast.parse(definition.program)) if isinstance(node, ast.FunctionDef)]
    around = [node for node in functions if node.lineno <= line <= (node.end_lineno or 0)]
    if not around:
        return False
    function = max(around, key=lambda node: node.lineno)
    if any(isinstance(node, ast.Raise) and node.lineno <= line <= (node.end_lineno or 0) for node in function.body):
        return True
    if outcomes[0].error not in SPOILT:
        return False
    calculated = set(_calculated(function))
    asked = list(_asked(function, line))
    return bool(asked) and all(calculated & set(_prefixes(receiver)) for receiver in asked)


def _calculated(function: ast.FunctionDef) -> Iterator[str]:
    """The operands and results of calculations, as text."""
    for node in ast.walk(function):
        if isinstance(node, ast.BinOp):
            yield from (ast.unparse(side) for side in (node.left, node.right))
        elif isinstance(node, ast.AugAssign):
            yield from (ast.unparse(side) for side in (node.target, node.value))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp):
            yield from map(ast.unparse, node.targets)


def _asked(function: ast.FunctionDef, line: int) -> Iterator[ast.expr]:
    """What the line takes an attribute or an item of, except names from outside the function such as np."""
    local = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
    local |= {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute | ast.Subscript) and node.lineno <= line <= (node.end_lineno or 0):
            *_, root = _chain(node.value)
            if isinstance(root, ast.Name) and root.id in local:
                yield node.value


def _chain(node: ast.expr) -> Iterator[ast.expr]:
    """``a.b[0]``, ``a.b``, ``a``."""
    yield node
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
        yield node


def _prefixes(node: ast.expr) -> Iterator[str]:
    return (ast.unparse(part) for part in _chain(node))
