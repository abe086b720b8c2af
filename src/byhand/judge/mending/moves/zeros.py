"""Mends of sums over probabilities: terms at 0, and weights that do not add up to 1."""

from __future__ import annotations

import ast
import re

from byhand.judge.mending.context import Context, call
from byhand.judge.mending.moves.statements import Edits
from byhand.judge.mending.names import plays
from byhand.judge.mending.text import Edit


def filter_zeros(context: Context) -> Edits:
    """A sum over pairs skips those with weight 0; the second mend also gives ∞ where ``math.log(0)`` would raise."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.GeneratorExp | ast.ListComp) or len(node.generators) != 1:
            continue
        loop = node.generators[0]
        names = [part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)]
        logs = [one for one in ast.walk(node.elt) if (called := call(one)) and called[1] == "log"]
        if not logs or loop.ifs or len(names) != 2:
            continue
        last = source.span(loop.iter)[1]
        sign = (
            "-"
            if not any(isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div) for one in ast.walk(logs[0]))
            else ""
        )
        for weight, other in ((names[0], names[1]), (names[1], names[0])):
            yield [Edit(last, last, f" if {weight} > 0")]
            place = source.span(logs[0])
            safe = f"({source.of(logs[0])} if {other} > 0 else {sign}math.inf)"
            yield [Edit(last, last, f" if {weight} > 0"), Edit(*place, safe)]


def infinite_where_zero(context: Context) -> Edits:
    """``continue`` where an element is 0 becomes a return of infinity."""
    for node in context.nodes:
        if isinstance(node, ast.If) and isinstance(node.test, ast.Compare) and isinstance(node.body[0], ast.Continue):
            infinite = 'float("inf")' if context.library != "math" else "math.inf"
            yield [Edit(*context.source.span(node.body[0]), f"return {infinite}")]


def skip_zeros(context: Context) -> Edits:
    """A loop that adds up p · log(p / q) skips p = 0; the second mend also returns infinity where q = 0."""
    source = context.source
    for node in context.nodes:
        if not (isinstance(node, ast.AugAssign) and isinstance(node.value, ast.BinOp)):
            continue
        loop, called = context.scope.above.get(node), map(call, ast.walk(node))
        if not isinstance(loop, ast.For) or not any(found and found[1] == "log" for found in called):
            continue
        weight = node.value.left
        others = {ast.unparse(one): one for one in ast.walk(node.value.right) if type(one) is type(weight)}
        others.pop(ast.unparse(weight), None)
        indent = source.indent(node.lineno)
        step = indent[len(source.indent(loop.lineno)) :]
        start, _ = source.rows(node.lineno, node.lineno)
        skip = f"{indent}if {source.of(weight)} == 0:\n{indent}{step}continue\n"
        yield [Edit(start, start, skip)]
        for other in others:
            yield [Edit(start, start, f'{skip}{indent}if {other} == 0:\n{indent}{step}return float("inf")\n')]


def normalise_other(context: Context) -> Edits:
    """After ``p = p / p.sum(…)``, the same line for each other parameter that may be a distribution."""
    source = context.source
    for node in context.nodes:
        function = context.scope.function(node)
        if function is None or not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        name, value = node.targets[0].id, node.value
        if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div) and ast.unparse(value.left) == name):
            continue
        start, end = source.rows(node.lineno, node.end_lineno or node.lineno)
        for arg in function.args.args:
            if arg.arg != name and (plays(ast.Name(arg.arg), "P") or plays(ast.Name(arg.arg), "Q")):
                yield [Edit(end, end, re.sub(rf"\b{name}\b", arg.arg, source.text[start:end]))]
