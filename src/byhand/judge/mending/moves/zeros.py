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


def infinite_where_other_is_zero(context: Context) -> Edits:
    """Where terms with p = 0 or q = 0 are left out, only those with p = 0 are, and q = 0 gives infinity."""
    for node in context.of_form(ast.BoolOp):
        assert isinstance(node, ast.BoolOp)
        above = context.scope.above[node]
        tests = [one for one in node.values if isinstance(one, ast.Compare)]
        if len(node.values) != 2 or len(tests) != 2:
            continue
        for weight, other in (tests, tests[::-1]):
            kept = Edit(*context.source.span(node), context.source.of(weight))
            if isinstance(above, ast.comprehension):
                yield [kept, *_infinite_logs(context, context.scope.above[above], other)]
            elif isinstance(above, ast.If) and isinstance(node.op, ast.Or) == isinstance(above.body[0], ast.Continue):
                yield [kept, _return_infinity(context, above, other)]


def _infinite_logs(context: Context, inside: ast.AST, other: ast.Compare) -> list[Edit]:
    """The logarithms become infinity where a number is 0."""
    logs = [one for one in ast.walk(inside) if (called := call(one)) and called[1] == "log"]
    text = context.source.of
    return [Edit(*context.source.span(one), f"({text(one)} if {text(other.left)} > 0 else math.inf)") for one in logs]


def _return_infinity(context: Context, guard: ast.If, other: ast.Compare) -> Edit:
    """Return infinity where a number is 0: after a guard that continues, else at the start of its block."""
    source = context.source
    inner, after = source.indent(guard.body[0].lineno), isinstance(guard.body[0], ast.Continue)
    outer = source.indent(guard.lineno)
    line = (guard.end_lineno or guard.lineno) if after else guard.lineno
    _, place = source.rows(line, line)
    first = outer if after else inner
    infinite = "math.inf" if context.library == "math" else 'float("inf")'
    text = f"{first}if {source.of(other.left)} == 0:\n{first}{inner[len(outer) :]}return {infinite}\n"
    return Edit(place, place, text)


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
