"""Mends of whole statements: moved, dropped, put in, renamed."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import pairwise, permutations

from byhand.judge.mending.names import key, plays
from byhand.judge.mending.rewrite import Context, call, targets
from byhand.judge.mending.text import Edit
from byhand.judge.reading.needs import BUILTINS, unbound
from byhand.judge.reading.statements import first_line

Edits = Iterator[list[Edit]]
BODY = 9
"""Statements of a block that is put in another order."""
IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "torch": "import torch",
    "math": "import math",
    "F": "import torch.nn.functional as F",
    "nn": "from torch import nn",
}
SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)


def bodies(context: Context) -> Iterator[list[ast.stmt]]:
    """The blocks of a definition, the innermost last."""
    for node in ast.walk(context.definition.node):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt) and not isinstance(node, ast.ClassDef):
                yield body


def rows(context: Context, first: ast.stmt, last: ast.stmt | None = None) -> tuple[int, int] | None:
    """The whole lines of statements; None if others share them."""
    last = last or first
    start, end = context.source.rows(first_line(first), last.end_lineno or last.lineno)
    text = context.source.text[start:end]
    inside = context.source.text[context.source.span(first)[0] : context.source.span(last)[1]]
    around = text.replace(inside, "", 1).strip() if not getattr(first, "decorator_list", None) else ""
    return None if around and not around.startswith("#") else (start, end)


def drop(context: Context) -> Edits:
    """A statement is left out."""
    for body in bodies(context):
        for node in body:
            if isinstance(node, SIMPLE) and not _is_text(node) and len(body) > 1 and (place := rows(context, node)):
                yield [Edit(*place, "")]


def order(context: Context) -> Edits:
    """Two neighbouring groups of statements change places."""
    for body in bodies(context):
        if not 1 < len(body) <= BODY:
            continue
        for i in range(len(body)):
            for j in range(i + 1, len(body)):
                for k in range(j + 1, len(body) + 1):
                    first, second = rows(context, body[i], body[j - 1]), rows(context, body[j], body[k - 1])
                    moved = body[i:k]
                    if first and second and all(isinstance(node, (*SIMPLE, ast.For, ast.With)) for node in moved):
                        text = context.source.text
                        tail = text[second[0] : second[1]]
                        tail += "" if tail.endswith("\n") else "\n"
                        yield [Edit(first[0], first[0], tail), Edit(second[0], second[1], "")]


def out_of_the_loop(context: Context) -> Edits:
    """A statement in a loop is moved in front of it, or behind it."""
    source = context.source
    for node in ast.walk(context.definition.node):
        if not isinstance(node, ast.For):
            continue
        for one in node.body:
            if isinstance(one, ast.AugAssign | ast.Return) and len(node.body) > 1 and (place := rows(context, one)):
                text = source.text[place[0] : place[1]]
                text = source.indent(node.lineno) + text.lstrip()
                text += "" if text.endswith("\n") else "\n"
                _, end = source.rows(node.lineno, node.end_lineno or node.lineno)
                start, _ = source.rows(node.lineno, node.lineno)
                if isinstance(one, ast.AugAssign):
                    yield [Edit(start, start, text), Edit(*place, "")]
                    outer = [loop for loop in context.scope.around(node) if isinstance(loop, ast.For)]
                    if outer:
                        start, _ = source.rows(outer[-1].lineno, outer[-1].lineno)
                        text = source.indent(outer[-1].lineno) + text.lstrip()
                        yield [Edit(start, start, text), Edit(*place, "")]
                elif one.value is None:
                    yield [Edit(*place, "")]
                else:
                    before = "" if source.text[:end].endswith("\n") else "\n"
                    yield [Edit(*place, ""), Edit(end, end, before + text)]
        if node.orelse:
            first, last = node.body[-1].end_lineno or 0, node.orelse[0].lineno
            for line in range(first + 1, last):
                if source.lines[line - 1].strip().startswith("else"):
                    yield [Edit(*source.rows(line, line), "")]


def before_the_loop_counts(context: Context) -> Edits:
    """A counter behind a loop, or missing, is counted in front of it."""
    for body in bodies(context):
        for before, after in pairwise(body):
            if isinstance(before, ast.For) and isinstance(after, ast.AugAssign) and plays(after.target, "T"):
                first, second = rows(context, before), rows(context, after)
                if first and second:
                    text = context.source.text[second[0] : second[1]].rstrip("\n") + "\n"
                    yield [Edit(first[0], first[0], text), Edit(*second, "")]


def without_the_block(context: Context) -> Edits:
    """``with torch.no_grad():`` is left out, and its lines move to the left."""
    source = context.source
    for node in ast.walk(context.definition.node):
        if isinstance(node, ast.With) and "no_grad" in ast.unparse(node.items[0]):
            less = len(source.indent(node.body[0].lineno)) - len(source.indent(node.lineno))
            lines = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
            moved = [Edit(start, start + less, "") for line in lines for start, _ in [source.rows(line, line)]]
            yield [Edit(*source.rows(node.lineno, node.body[0].lineno - 1), ""), *moved]


def no_grad(context: Context) -> Edits:
    """A method that steps gets ``@torch.no_grad()``."""
    for function in context.scope.functions:
        if not function.decorator_list and function.name not in ("__init__", "zero_grad"):
            start, _ = context.source.rows(function.lineno, function.lineno)
            yield [Edit(start, start, f"{context.source.indent(function.lineno)}@torch.no_grad()\n")]


def skip_missing(context: Context) -> Edits:
    """Parameters without gradient are skipped."""
    source = context.source
    found: list[Edit] = []
    for loop in ast.walk(context.definition.node):
        if not isinstance(loop, ast.For):
            continue
        names = {part.id for part in ast.walk(loop.target) if isinstance(part, ast.Name)}
        for node in loop.body:
            used = [
                part
                for part in ast.walk(node)
                if isinstance(part, ast.Attribute)
                and part.attr == "grad"
                and isinstance(part.ctx, ast.Load)
                and isinstance(part.value, ast.Name)
                and part.value.id in names
            ]
            if used and "is None" not in ast.unparse(loop) and "is not None" not in ast.unparse(loop):
                indent = source.indent(loop.body[0].lineno)
                step = indent[len(source.indent(loop.lineno)) :]
                start, _ = source.rows(loop.body[0].lineno, loop.body[0].lineno)
                text = f"{indent}if {ast.unparse(used[0])} is None:\n{indent}{step}continue\n"
                found.append(Edit(start, start, text))
                yield [found[-1]]
                break
    if len(found) > 1:
        yield found


def give_back(context: Context) -> Edits:
    """A function that computes and returns nothing returns its last variable."""
    for function in context.scope.functions:
        last = function.body[-1]
        returns = any(isinstance(node, ast.Return) for node in ast.walk(function))
        if returns or function.name == "__init__" or not isinstance(last, ast.Assign | ast.AugAssign):
            continue
        name = context.source.of(targets(last)[0])
        indent = context.source.indent(last.lineno)
        _, end = context.source.rows(last.lineno, last.end_lineno or last.lineno)
        line = "" if context.source.text[:end].endswith("\n") else "\n"
        for text in (name, f"{name}, None"):
            yield [Edit(end, end, f"{line}{indent}return {text}\n")]


def spell_attributes(context: Context) -> Edits:
    """Attributes of self that are read and never set are called as those that are set."""
    node = context.definition.node
    known = set(context.scope.attributes)
    known |= {one.name for one in ast.walk(node) if isinstance(one, ast.FunctionDef)}
    known |= {part.id for one in node.body for part in ast.walk(one) if isinstance(one, ast.Assign | ast.AnnAssign)
              and isinstance(part, ast.Name)}  # fmt: skip
    uses: dict[str, list[ast.Attribute]] = {}
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and ast.unparse(part.value) == "self" and part.attr not in known:
            uses.setdefault(part.attr, []).append(part)
    spellings = {name: _spellings(name, context.scope.attributes) for name in uses}
    for name, nodes in uses.items():
        for other in spellings[name]:
            yield [_end(context, one, name, other) for one in nodes]
    if len(uses) > 1 and all(spellings.values()):
        yield [_end(context, one, name, spellings[name][0]) for name, nodes in uses.items() for one in nodes]


def _end(context: Context, node: ast.Attribute, name: str, other: str) -> Edit:
    _, end = context.source.span(node)
    return Edit(end - len(name), end, other)


def _spellings(name: str, known: Sequence[str]) -> list[str]:
    plain = {one.replace("_", "").lower(): one for one in known}
    same = plain.get(name.replace("_", "").lower())
    return list(dict.fromkeys([*filter(None, [same]), *get_close_matches(name, known, 3, 0.5)]))


def spell_names(context: Context) -> Edits:
    """A name, a method or a dict key that nothing defines is spelt as the nearest one."""
    source, scope = context.source, context.scope
    unknown = unbound(context.definition.statements) - BUILTINS
    for node in context.nodes:
        if isinstance(node, ast.Name) and node.id in unknown:
            for word in scope.names(node):
                if word.isidentifier() and len(node.id) == 1:
                    yield [Edit(*source.span(node), f"len({word})")]
            known = [word for word in (*scope.names(node), *scope.globals, *scope.imports) if word.isidentifier()]
            for other in get_close_matches(node.id, known, 3, 0.6):
                yield [Edit(*source.span(node), other)]
    for function in scope.functions:
        for wanted in get_close_matches(function.name, ("zero_grad", "step", "update", "forward", "backward"), 1, 0.7):
            if wanted != function.name and context.definition.is_class:
                start, _ = source.span(function)
                place = source.text.index(function.name, start)
                yield [Edit(place, place + len(function.name), wanted)]


def add_import(context: Context) -> Edits:
    """A module that is used gets its import."""
    for name in sorted((unbound(context.definition.statements) & IMPORTS.keys()) - context.definition.left):
        found = [one for one in context.definition.statements if isinstance(one, ast.Import | ast.ImportFrom)]
        node = context.definition.node
        last = [one for one in found if one.lineno < node.lineno]
        line = (last[-1].end_lineno or 0) + 1 if last else first_line(node)
        start, _ = context.source.rows(line, line)
        yield [Edit(start, start, IMPORTS[name] + "\n")]


def forget_gradients(context: Context) -> Edits:
    """A ``zero_grad`` that does nothing sets the gradients to None."""
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
    """State that all parameters share, or that a list grows with, becomes a list with one item a parameter."""
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


def shift(context: Context) -> Edits:
    """The largest logit of each row is subtracted from all of them first; or the logits are normalised first."""
    source = context.source
    torch = context.library == "torch"
    for function in context.scope.functions or []:
        body = [node for node in function.body if not _is_text(node)]
        if not body or function.name == "__init__":
            continue
        indent = source.indent(body[0].lineno)
        start, _ = source.rows(body[0].lineno, body[0].lineno)
        for arg in [*function.args.args, *function.args.posonlyargs]:
            x = arg.arg
            if x == "self" or not plays(ast.Name(x), "Z"):
                continue
            for axis in ("1", "-1", "0"):
                most = f"{x}.max(dim={axis}, keepdim=True).values" if torch else f"{x}.max(axis={axis}, keepdims=True)"
                line = f"{indent}{x} = {x} - {most}\n"
                if torch:
                    log = f"{indent}{x} = torch.log_softmax({x}, dim={axis})\n"
                else:
                    np = context.library or "np"
                    log = f"{line}{indent}{x} = {x} - {np}.log({np}.exp({x}).sum(axis={axis}, keepdims=True))\n"
                yield [Edit(start, start, line)]
                yield [Edit(start, start, log)]
                logs = []
                for one in context.nodes:
                    called = call(one)
                    if called and called[1] == "log" and len(called[2]) == 1 and _begins(_bare(called[2][0]), x):
                        logs.append(Edit(*source.span(one), source.of(_bare(called[2][0]))))
                if logs:
                    yield [Edit(start, start, log), *logs]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def log_of_a_quotient(context: Context) -> Edits:
    """``p = e / s`` with ``e = exp(z)``, and log(p): z − log(s) instead, under a name that says so."""
    source = context.source
    exps: dict[str, ast.expr] = {}
    for node in context.nodes:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            called = call(node.value)
            if called and called[1] == "exp" and len(called[2]) == 1:
                exps[node.targets[0].id] = called[2][0]
    for node in context.nodes:
        if not (isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)):
            continue
        value, name = node.value, node.targets[0].id
        if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div)):
            continue
        inner = call(value.left)
        if isinstance(value.left, ast.Name) and value.left.id in exps:
            logit = exps[value.left.id]
        elif inner and inner[1] == "exp" and len(inner[2]) == 1:
            logit = inner[2][0]
        else:
            continue
        module = context.library or "np"
        total = source.of(value.right)
        if isinstance(value.right, ast.BinOp):
            continue
        if context.library == "torch":
            new = f"{source.of(logit)} - torch.log({total})"
        else:
            new = f"{source.of(logit)} - {module}.log({total})"
        edits = [Edit(*source.span(value), new), Edit(*source.span(node.targets[0]), f"log_{name}")]
        logs = []
        for one in context.nodes:
            called = call(one)
            if called and called[1] == "log" and len(called[2]) == 1 and _begins(called[2][0], name):
                logs.append(Edit(*source.span(one), f"log_{source.of(called[2][0])}"))
        uses = sum(
            isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load) for one in context.nodes
        )
        if logs and uses == len(logs):
            yield edits + logs


def _begins(node: ast.expr, name: str) -> bool:
    while isinstance(node, ast.Subscript):
        node = node.value
    return isinstance(node, ast.Name) and node.id == name


def logs_from_the_start(context: Context) -> Edits:
    """``p = softmax(x)``, by the learner's own function too, and log(p) later: p holds logarithms from the start."""
    source = context.source
    for function in context.scope.functions:
        inside = [node for node in context.nodes if function in context.scope.around(node)]
        for node in inside:
            for target, value in _assignments(node):
                bare = _bare(value)
                called = call(bare)
                if not (isinstance(target, ast.Name) and called and "softmax" in called[1] and called[2]):
                    continue
                if "log" in called[1] or not isinstance(node, ast.Assign) or len(node.targets) != 1:
                    continue
                names, logs = _follows(inside, target.id)
                edits = [Edit(*source.span(one), f"log_{target.id}") for one in names]
                for log in logs:
                    (argument,) = call(log)[2]  # type: ignore[index]
                    argument = _bare(argument)
                    text = source.of(argument)
                    text = f"log_{text}" if text.startswith(target.id) else text
                    edits = [edit for edit in edits if not _within(edit, source.span(log))]
                    edits.append(Edit(*source.span(log), f"({text})" if isinstance(argument, ast.BinOp) else text))
                if not logs:
                    continue
                x, name = source.of(called[2][0]), f"log_{target.id}"
                edits.append(Edit(*source.span(target), name))
                for axis in ("1", "-1"):
                    if context.library == "torch":
                        assert isinstance(bare, ast.Call)
                        axis = next((ast.unparse(one.value) for one in bare.keywords), axis)
                        yield [*edits, Edit(*source.span(value), f"torch.log_softmax({x}, dim={axis})")]
                        continue
                    np, indent = context.library or "np", source.indent(node.lineno)
                    _, end = source.rows(node.lineno, node.end_lineno or node.lineno)
                    line = f"{indent}{name} = {name} - {np}.log({np}.exp({name}).sum(axis={axis}, keepdims=True))\n"
                    shifted = f"{x} - {x}.max(axis={axis}, keepdims=True)"
                    yield [*edits, Edit(*source.span(value), shifted), Edit(end, end, line)]


def _within(edit: Edit, span: tuple[int, int]) -> bool:
    return span[0] <= edit.start and edit.end <= span[1]


def _follows(nodes: Sequence[ast.AST], name: str) -> tuple[list[ast.Name], list[ast.expr]]:
    """Where a variable, or what is picked from it, is used; and the logarithms of it."""
    names = [one for one in nodes if isinstance(one, ast.Name) and one.id == name and isinstance(one.ctx, ast.Load)]
    known = {name}
    for node in nodes:
        for target, value in _assignments(node):
            if (
                isinstance(target, ast.Name)
                and isinstance(value, ast.Subscript | ast.Call)
                and _begins(_picked(value), name)
            ):
                known.add(target.id)
    logs = [
        node
        for node in nodes
        if (called := call(node))
        and called[1] == "log"
        and len(called[2]) == 1
        and isinstance(node, ast.expr)
        and any(_begins(_picked(_bare(called[2][0])), word) for word in known)
    ]
    return names, logs


def _bare(node: ast.expr) -> ast.expr:
    """An expression without its clamp or its ε."""
    while True:
        called = call(node)
        if called and called[1] in ("clip", "clamp", "clamp_min", "maximum") and called[2]:
            node = called[2][0]
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and (
            isinstance(node.right, ast.Constant) or plays(node.right, "EPS")
        ):  # fmt: skip
            node = node.left
        else:
            return node


def _picked(node: ast.expr) -> ast.expr:
    """What is picked from by an index or by ``gather``."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in (
        "gather", "squeeze", "view", "reshape", "unsqueeze", "flatten",
    ):  # fmt: skip
        node = node.func.value
    return node


def carets(context: Context) -> Edits:
    """Each ``^`` becomes ``**``, which binds more tightly."""
    source = context.source
    found = []
    for node in context.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            start = source.text.index("^", source.span(node.left)[1])
            found.append(Edit(start, start + 1, "**"))
    if found:
        yield found


def drop_call(context: Context) -> Edits:
    """A method without arguments is not called."""
    for node in context.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            yield [Edit(*context.source.span(node), context.source.of(node.func.value))]


def log_of_softmax(context: Context) -> Edits:
    """``log(p)`` of ``p = softmax(x)`` becomes ``log_softmax(x)``; likewise of a sigmoid and of 1 − it."""
    source = context.source
    made: dict[str, ast.Call] = {}
    for node in context.nodes:
        for names, value in _assignments(node):
            called = call(_bare(value))
            if called and called[1] in ("softmax", "sigmoid") and context.library == "torch":
                made[ast.unparse(names)] = _bare(value)  # type: ignore[assignment]
    found: list[Edit] = []
    for node in context.nodes:
        called = call(node)
        if called is None or called[1] != "log" or len(called[2]) != 1:
            continue
        inside, index = _bare(called[2][0]), ""
        if isinstance(inside, ast.BinOp) and isinstance(inside.op, ast.Div):
            parts = [made.get(ast.unparse(side), side) for side in (inside.left, inside.right)]
            forms = [(one, call(one)) for one in parts]
            if all(form and form[1] == "softmax" for _, form in forms):
                a, b = (_log_form(context, one, form, False) for one, form in forms)  # type: ignore[arg-type]
                found.append(Edit(*source.span(node), f"({a} - {b})"))
            continue
        while isinstance(inside, ast.Subscript):
            index = source.text[source.span(inside.value)[1] : source.span(inside)[1]] + index
            inside = inside.value
        one_minus = isinstance(inside, ast.BinOp) and isinstance(inside.op, ast.Sub) and ast.unparse(inside.left) == "1"
        core = inside.right if one_minus else inside  # type: ignore[attr-defined]
        of = made.get(ast.unparse(core), core)
        function = call(of)
        if function is None or function[1] not in ("softmax", "sigmoid") or not isinstance(of, ast.Call):
            continue
        text = _log_form(context, of, function, one_minus)
        if text:
            found.append(Edit(*source.span(node), text + index))
    if found:
        yield found
    if len(found) > 1:
        yield from ([one] for one in found)


def _log_form(context: Context, of: ast.Call, function: tuple[str, str, list[ast.expr]], one_minus: bool) -> str:
    source = context.source
    _, name, args = function
    if name == "softmax" and not one_minus:
        text = source.of(of)
        start = source.span(of.func)[1] - source.span(of)[0] - len("softmax")
        return f"{text[:start]}log_softmax{text[start + len('softmax') :]}"
    if name == "sigmoid":
        short = "F" if "F" in context.scope.imports else "torch.nn.functional"
        inside = source.of(args[0])
        if one_minus:
            inside = f"-{inside}" if isinstance(args[0], ast.Name | ast.Attribute | ast.Subscript) else f"-({inside})"
        return f"{short}.logsigmoid({inside})"
    return ""


def _assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1:
        target, value = node.targets[0], node.value
        if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
            yield from zip(target.elts, value.elts, strict=True)
        else:
            yield target, value


def exchange(context: Context) -> Edits:
    """Two arguments change places in a call, in an expression, or everywhere."""
    source = context.source
    for function in context.scope.functions:
        args = [arg.arg for arg in function.args.args if arg.arg not in ("self", "ctx", "cls")][:4]
        uses = {
            name: [node for node in context.nodes if isinstance(node, ast.Name) and node.id == name] for name in args
        }
        for a, b in permutations(args, 2):
            if a > b or not uses[a] or not uses[b]:
                continue
            by_place: dict[ast.AST, list[Edit]] = {}
            for name, other in ((a, b), (b, a)):
                for one in uses[name]:
                    if (statement := context.scope.statement(one)) is not None:
                        by_place.setdefault(statement, []).append(Edit(*source.span(one), other))
            both = [edits for edits in by_place.values() if len({edit.new for edit in edits}) == 2]
            yield from both
            whole = [edit for edits in by_place.values() for edit in edits]
            if len(by_place) > 1:
                yield whole


def filter_zeros(context: Context) -> Edits:
    """A sum over pairs leaves out those whose weight is 0; an infinite logarithm does not raise."""
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


def half_for_ties(context: Context) -> Edits:
    """``if p > n: wins += 1`` gets the branch for equal scores."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.If) or node.orelse or len(node.body) != 1:
            continue
        test, body = node.test, node.body[0]
        if (
            isinstance(test, ast.Compare)
            and isinstance(test.ops[0], ast.Gt | ast.Lt)
            and isinstance(body, ast.AugAssign)
        ):
            indent, inner = source.indent(node.lineno), source.indent(body.lineno)
            equal = f"{source.of(test.left)} == {source.of(test.comparators[0])}"
            text = f"{indent}elif {equal}:\n{inner}{source.of(body.target)} += 0.5\n"
            _, end = source.rows(body.lineno, body.end_lineno or body.lineno)
            line = "" if source.text[:end].endswith("\n") else "\n"
            yield [Edit(end, end, line + text)]


def one_class(context: Context) -> Edits:
    """Before a division by the number of pairs: nan if one class is missing."""
    source = context.source
    for node in context.nodes:
        if not (
            isinstance(node, ast.Return) and isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.Div)
        ):
            continue
        below = node.value.right
        indent = source.indent(node.lineno)
        start, _ = source.rows(node.lineno, node.lineno)
        step = "\t" if indent.startswith("\t") else "    "
        text = f'{indent}if {source.of(below)} == 0:\n{indent}{step}return float("nan")\n'
        yield [Edit(start, start, text)]


def decay_after_the_guard(context: Context) -> Edits:
    """What is done before parameters without gradient are skipped is done after it."""
    for body in bodies(context):
        for before, after in pairwise(body):
            if isinstance(before, SIMPLE) and isinstance(after, ast.If) and "None" in ast.unparse(after.test):
                first, second = rows(context, before), rows(context, after)
                if first and second:
                    text = context.source.text[first[0] : first[1]]
                    yield [Edit(*first, ""), Edit(second[1], second[1], text)]


def drop_keyword(context: Context) -> Edits:
    """An argument that is given by name is left out."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.Call):
            continue
        for one in node.keywords:
            start, end = source.span(one)
            before = source.text[:start].rstrip()
            if before.endswith(","):
                yield [Edit(len(before) - 1, end, "")]
            elif before.endswith("(") and len(node.keywords) == 1 and not node.args:
                yield [Edit(start, end, "")]


def last_of_a_dict(context: Context) -> Edits:
    """``{**group, "lr": lr}`` becomes ``{"lr": lr, **group}``, where the group's own value counts."""
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


def rename_function(context: Context) -> Edits:
    """A function of the library gives place to the one that takes logits, or probabilities."""
    source = context.source
    others = {
        "binary_cross_entropy_with_logits": "binary_cross_entropy",
        "binary_cross_entropy": "binary_cross_entropy_with_logits",
        "cross_entropy": "nll_loss",
        "nll_loss": "cross_entropy",
    }
    for node in context.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in others:
            _, end = source.span(node.func)
            yield [Edit(end - len(node.func.attr), end, others[node.func.attr])]


def ties_of_a_sum(context: Context) -> Edits:
    """``sum(1 for p in … if p >= n)`` counts a tie as half."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.GeneratorExp | ast.ListComp):
            continue
        last = node.generators[-1]
        if len(last.ifs) != 1 or not isinstance(test := last.ifs[0], ast.Compare):
            continue
        a, b = source.of(test.left), source.of(test.comparators[0])
        sign = "<" if isinstance(test.ops[0], ast.Lt | ast.LtE) else ">"
        end = source.span(last.iter)[1]
        yield [
            Edit(*source.span(node.elt), f"({a} {sign} {b}) + 0.5 * ({a} == {b})"),
            Edit(end, source.span(test)[1], ""),
        ]


def both_sides(context: Context) -> Edits:
    """One search in sorted scores becomes the mean of those to the left and to the right of ties."""
    source = context.source
    for node in context.nodes:
        called = call(node)
        if called is None or called[1] != "searchsorted" or not isinstance(node, ast.Call):
            continue
        start, end = source.span(node)
        text = source.of(node)
        for side, other, one in (("right", "left", 1), ("left", "right", 1)):
            if f'"{side}"' in text:
                more = text.replace(f'"{side}"', f'"{other}"')
                yield [Edit(start, end, f"({text} + {more} + {one}) / 2")]
                yield [Edit(start, end, f"({text} + {more}) / 2")]


def pairs(context: Context) -> Edits:
    """What the pairs won are divided by becomes the number of pairs, from the counts that are there."""
    source = context.source
    for node in context.nodes:
        if not (isinstance(node, ast.Return) and isinstance(node.value, ast.expr)):
            continue
        value = node.value
        names = [word for word in context.scope.names(node) if word.isidentifier()]
        counts = [word for word in names if any(part in word.lower() for part in ("n", "m", "p", "c"))]
        lists = [word for word in names if word.lower().startswith(("pos", "neg"))]
        words = [*counts, *(f"len({word})" for word in lists)]
        below: list[str] = [f"({a} * {b})" for a, b in permutations(words, 2) if a < b]
        below += [f"({a} * ({b} - {a}))" for a, b in permutations(words, 2)]
        below += [f"({a} * (len({b}) - {a}))" for a in counts for b in names if b != a]
        for text in below[:60]:
            if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
                yield [Edit(*source.span_with_parentheses(value.right), text)]
            else:
                inside = source.of(value)
                inside = f"({inside})" if isinstance(value, ast.BinOp) else inside
                yield [Edit(*source.span(value), f"{inside} / {text}")]


def own_pairs(context: Context) -> Edits:
    """From the sum of ranks, the pairs of positives among themselves are subtracted."""
    source = context.source
    for node in context.nodes:
        called = call(node)
        if called is None or called[1] != "sum":
            continue
        for word in context.scope.names(node):
            if word.isidentifier():
                text = f"({source.of(node)} - {word} * ({word} + 1) / 2)"
                yield [Edit(*source.span(node), text)]


def thresholds(context: Context) -> Edits:
    """The thresholds of a curve: each score once, from the largest down, after one that is above all."""
    source = context.source
    np = context.library or "np"
    found = []
    for node in context.nodes:
        called = call(node)
        if isinstance(node, ast.Subscript) and (inner := call(node.value)) and inner[1] == "unique":
            yield [Edit(*source.span(node), f"{np}.append({np}.inf, {source.of(node)})")]
        if called and called[1] == "unique":
            yield [Edit(*source.span(node), f"{source.of(node)}[::-1]")]
            yield [Edit(*source.span(node), f"{np}.append({np}.inf, {source.of(node)}[::-1])")]
        if isinstance(node, ast.ListComp) and isinstance(loop := node.generators[0].iter, ast.Name):
            found.append(Edit(*source.span(loop), f"{np}.append({np}.inf, {np}.unique({loop.id})[::-1])"))
    if found:
        yield found
