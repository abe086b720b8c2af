"""The conditions that a text puts on the layers that it updates."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from byhand.judge.optimizers.syntax import assignments

EXTRA = re.compile(r"(?i)decay|lambda|(^|_)(l1|l2|reg)|clip|norm|frozen|freeze|nesterov")
"""Attributes of a layer that change the plain step, if they are true or not 0."""


def conditions(node: ast.AST, bases: set[str]) -> Iterator[tuple[ast.expr, bool]]:
    """The conditions on a layer, each with whether layers are updated for which it holds."""
    found: list[tuple[ast.expr, bool]] = []
    if isinstance(node, ast.comprehension):
        found = [(test, True) for test in node.ifs]
    if isinstance(node, ast.If):
        found = [(node.test, not isinstance(node.body[0], ast.Continue))]
    for test, wanted in found:
        if any(ast.unparse(part) in bases for part in ast.walk(test) if isinstance(part, ast.expr)):
            yield test, wanted


def classes(test: ast.expr, wanted: bool, bases: set[str]) -> Iterator[str]:
    """The classes that a condition requires of a layer that is updated; not the classes that it excludes."""
    for part, holds in _parts(test, wanted):
        match part:
            case ast.Call(func=ast.Name(id="isinstance"), args=[one, kind]) if ast.unparse(one) in bases and holds:
                yield ast.unparse(kind.elts[0] if isinstance(kind, ast.Tuple) and kind.elts else kind)


def flags(test: ast.expr, wanted: bool, bases: set[str]) -> Iterator[tuple[str, object]]:
    """The attributes of a layer that a condition compares with a constant, each with the value that it must have."""
    for part, holds in _parts(test, wanted):
        match part:
            case ast.Attribute(value=one, attr=name) if ast.unparse(one) in bases:
                yield name, holds and not EXTRA.search(name)
            case ast.Compare(
                left=ast.Attribute(value=one, attr=name), ops=[op], comparators=[ast.Constant(value=value)]
            ) if ast.unparse(one) in bases and value is not None:
                if isinstance(value, bool):
                    yield name, value == (holds == isinstance(op, ast.Eq | ast.Is))
                elif holds == isinstance(op, ast.Eq | ast.Is):
                    yield name, value


def begun_elsewhere(nodes: Sequence[ast.AST], text: str, bases: set[str]) -> Iterator[str]:
    """The attributes of a layer that each assignment computes from their old values: the layer itself begins them."""
    made: dict[str, bool] = {}
    for node in nodes:
        pairs = list(assignments(node))
        if isinstance(node, ast.AugAssign):
            pairs = [(node.target, node.target)]
        for target, value in pairs:
            if isinstance(target, ast.Attribute) and ast.unparse(target.value) in bases:
                own = any(ast.unparse(part) == ast.unparse(target) for part in ast.walk(value))
                made[target.attr] = made.get(target.attr, True) and own
    yield from (name for name, own in made.items() if own and f"'{name}'" not in text)


def _parts(test: ast.expr, wanted: bool) -> Iterator[tuple[ast.expr, bool]]:
    """The single conditions in a condition, each with whether it must hold."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _parts(operand, not wanted)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _parts(value, wanted)
        case _:
            yield test, wanted
