"""State that a function keeps in global names, as ``m = np.zeros(3)``."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from math import prod

import numpy as np

from byhand.judge.model import Definition
from byhand.judge.optimizers.syntax import literal

LARGEST, DEPTH = 64, 8
"""The largest array, in elements, whose shape is used; how many assignments of a name to a name are followed."""
_SIZED = re.compile(r"\.(?:zeros|ones|empty|full|randn|rand)$")
_LIKE = re.compile(r"\.(?:zeros_like|ones_like|empty_like|full_like|copy|clone|asarray|array|tensor)$")


def global_state(definition: Definition) -> tuple[ast.expr, ...]:
    """The initial values of the global names that a function uses: those that it sets, and others but constants."""
    node = definition.node
    if not isinstance(node, ast.FunctionDef):
        return ()
    used = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
    made = {name for part in ast.walk(node) if isinstance(part, ast.Global) for name in part.names}
    values = _values(definition)
    return tuple(values[name] for name in values if name in used and (name in made or literal(values[name]) is None))


def global_state_shape(definition: Definition) -> tuple[int, ...] | None:
    """The shape of the arrays in the global state; None if there are none, or of several shapes."""
    values = _values(definition)
    shapes = {shape for value in global_state(definition) for shape in _shapes(value, values, DEPTH)}
    found = shapes.pop() if len(shapes) == 1 else ()
    return found if found and 0 < prod(found) <= LARGEST else None


def _values(definition: Definition) -> dict[str, ast.expr]:
    """The value assigned to each global name."""
    found: dict[str, ast.expr] = {}
    for node in definition.statements:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                pairs = [(target, node.value)]
                if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
                    pairs = [*zip(target.elts, node.value.elts, strict=False)]
                found |= {name.id: value for name, value in pairs if isinstance(name, ast.Name)}
    return found


def _shapes(node: ast.expr, values: Mapping[str, ast.expr], depth: int) -> Iterator[tuple[int, ...]]:
    """The shapes of the arrays in a value, if its text shows them."""
    if depth == 0:
        return
    match node:
        case ast.Name(id=name) if name in values:
            yield from _shapes(values[name], values, depth - 1)
        case ast.Dict(values=parts) | ast.Tuple(elts=parts) | ast.List(elts=parts) if literal(node) is None:
            for part in parts:
                yield from _shapes(part, values, depth - 1)
        case ast.Call(func=func, args=[first, *rest]) if _SIZED.search(ast.unparse(func)):
            sizes = literal(first)
            numbers = sizes if isinstance(sizes, tuple) else (sizes, *map(literal, rest))
            if all(isinstance(n, float) and n == int(n) for n in numbers):
                yield tuple(int(n) for n in numbers)
        case ast.Call(func=func, args=[first, *_]) if _LIKE.search(ast.unparse(func)):
            try:
                yield np.shape(ast.literal_eval(first))
            except (ValueError, TypeError):
                yield from _shapes(first, values, depth - 1)
