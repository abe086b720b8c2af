"""Mends of what optimizers keep: state, gradients, parameter groups."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from math import isclose

from byhand.judge.mending.context import Context
from byhand.judge.mending.moves.statements import Edits, bodies
from byhand.judge.mending.names import key, plays
from byhand.judge.mending.text import Edit


def forget_gradients(context: Context) -> Edits:
    """Replace the body of ``zero_grad`` by a loop that sets the gradients to None."""
    source = context.source
    for function in context.scope.functions:
        if not key(ast.Name(function.name)).startswith("zerograd"):
            continue
        name = next(
            (one for one in ("params", "parameters", "param_list", "model") if one in context.scope.attributes), ""
        )
        indent = source.indent(function.body[0].lineno)
        step = indent[len(source.indent(function.lineno)) :]
        if not name or not step:
            continue
        text = f"{indent}for p in self.{name}:\n{indent}{step}p.grad = None\n"
        start, end = source.rows(function.body[0].lineno, function.end_lineno or 0)
        yield [Edit(start, end, text)]


def state_for_each(context: Context) -> Edits:
    """State that all parameters share, or that is appended to a list, becomes a list with one item per parameter."""
    node = context.definition.node
    loops = [one for one in ast.walk(node) if isinstance(one, ast.For) and isinstance(one.iter, ast.Call)]
    loop = next((one for one in loops if ast.unparse(one.iter.func) == "enumerate"), None)  # type: ignore[attr-defined]
    if loop is None or not isinstance(loop.target, ast.Tuple):
        return
    index, each = ast.unparse(loop.target.elts[0]), ast.unparse(loop.iter.args[0])  # type: ignore[attr-defined]
    edits: list[Edit] = []
    for name in context.scope.attributes:
        if not plays(ast.Name(name), "S") or name == "t":
            continue
        for one in ast.walk(node):
            if not isinstance(one, ast.Attribute) or ast.unparse(one) != f"self.{name}":
                continue
            edits += _one_state(context, loop, one, index, each)
    if edits:
        yield edits


def _one_state(context: Context, loop: ast.For, one: ast.Attribute, index: str, each: str) -> Iterator[Edit]:
    source, above = context.source, context.scope.above[one]
    inside = loop in context.scope.around(one)
    if isinstance(above, ast.Assign) and not inside:
        value = above.value
        if isinstance(value, ast.Constant):
            yield Edit(*source.span(value), f"[{source.of(value)}] * len({each})")
        elif isinstance(value, ast.List) and len(value.elts) < 2:
            kept = source.of(value) if value.elts else "[0]"
            yield Edit(*source.span(value), f"{kept} * len({each})")
    elif inside and isinstance(above, ast.Subscript):
        if ast.unparse(above.slice) == "-1":
            yield Edit(*source.span(above.slice), index)
    elif inside and isinstance(above, ast.Attribute) and above.attr == "append":
        call = context.scope.above[above]
        if isinstance(call, ast.Call) and len(call.args) == 1:
            first, last = source.span(call.args[0])
            yield Edit(source.span(one)[1], first, f"[{index}] = ")
            yield Edit(last, source.span(call)[1], "")
    elif inside:
        _, end = source.span(one)
        yield Edit(end, end, f"[{index}]")


def last_of_a_dict(context: Context) -> Edits:
    """``{**group, "lr": lr}`` becomes ``{"lr": lr, **group}``, so that the group's own value wins."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.Dict) or not node.keys or node.keys[0] is not None or len(node.keys) < 2:
            continue
        for i, (name, value) in enumerate(zip(node.keys, node.values, strict=True)):
            if name is None or (isinstance(name, ast.Constant) and name.value == "params"):
                continue
            start, end = source.span(name)[0], source.span(value)[1]
            item = source.text[start:end]
            before = source.span(node.values[i - 1])[1]
            place = source.text.index("**", source.span(node)[0])
            yield [Edit(place, place, f"{item}, "), Edit(before, end, "")]


def defaults(context: Context) -> Edits:
    """Numbers that repeat a parameter's default, or 1 minus it, become that parameter: of all at once, or of one."""
    source = context.source
    known: dict[str, float] = {}
    for function in context.scope.functions:
        given = function.args.args[len(function.args.args) - len(function.args.defaults) :]
        for arg, value in zip(given, function.args.defaults, strict=True):
            numbers = value.elts if isinstance(value, ast.Tuple) else [value]
            if len(numbers) == 1 and isinstance(value, ast.Constant) and isinstance(value.value, float):
                known[arg.arg] = value.value
    for node in context.nodes:
        match node:
            case ast.Call(
                func=ast.Attribute(owner, "setdefault"), args=[ast.Constant(word), ast.Constant(float(number))]
            ):
                known[f"{ast.unparse(owner)}[{word!r}]"] = number
    edits: dict[str, list[Edit]] = {}
    for node in context.nodes:
        inside = context.scope.function(node)
        if not isinstance(node, ast.Constant) or not isinstance(node.value, float):
            continue
        if inside is None or inside.name == "__init__" or isinstance(context.scope.above[node], ast.Call):
            continue
        for name, number in known.items():
            words = [word for word in (name, f"self.{name}") if word in context.scope.names(node)]
            same = node.value == number
            if words and (same or (number > 0.5 and isclose(node.value, 1 - number))):
                edits.setdefault(name, []).append(Edit(*source.span(node), words[-1] if same else f"(1 - {words[-1]})"))
                break
    if len(edits) > 1:
        yield [edit for found in edits.values() for edit in found]
    yield from edits.values()


def keep_corrected(context: Context) -> Edits:
    """``m = m / (1 - beta ** t)`` becomes ``m_hat = …``, which the statements after it use, so that m is kept."""
    source = context.source
    edits: list[Edit] = []
    for body in bodies(context):
        for i, node in enumerate(body):
            if not (isinstance(node, ast.Assign) and isinstance(node.value, ast.BinOp)):
                continue
            target, value = node.targets[0], node.value
            kept = ast.unparse(target)
            if not (isinstance(value.op, ast.Div) and plays(target, "S") and ast.unparse(value.left) == kept):
                continue
            later = [one for after in body[i + 1 :] if not isinstance(after, ast.Return) for one in ast.walk(after)]
            names = [one for one in later if isinstance(one, ast.Name | ast.Attribute | ast.Subscript)]
            reads = [one for one in names if isinstance(one.ctx, ast.Load) and ast.unparse(one) == kept]
            edits += [Edit(*source.span(one), f"{key(target)}_hat") for one in (target, *reads)]
    if edits:
        yield edits
