"""Mends of logarithms: of a softmax, of a sum of exponentials."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence

from byhand.judge.mending.context import Context, call
from byhand.judge.mending.moves.statements import Edits, is_text
from byhand.judge.mending.names import plays
from byhand.judge.mending.text import Edit


def shift(context: Context) -> Edits:
    """At the start of a function, subtract each row's largest logit, or replace the logits by their log-softmax."""
    source = context.source
    torch = context.library == "torch"
    for function in context.scope.functions or []:
        body = [node for node in function.body if not is_text(node)]
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


def shift_of_a_list(context: Context) -> Edits:
    """The exponentials of a list are of its numbers minus the largest, and log(exp / sum) becomes a difference."""
    source = context.source
    for node in context.of_form(ast.ListComp, ast.GeneratorExp):
        match node:
            case (
                ast.ListComp(elt=ast.Call(args=[ast.Name(v) as x]) as exp, generators=[loop])
                | ast.GeneratorExp(elt=ast.Call(args=[ast.Name(v) as x]) as exp, generators=[loop])
            ):
                called = call(exp)
            case _:
                continue
        if called is None or called[1] != "exp" or ast.unparse(loop.target) != v:
            continue
        of, module = source.of(loop.iter), f"{called[0]}." if called[0] else ""
        edits, above = [Edit(*source.span(x), f"{v} - max({of})")], context.scope.above[node]
        whole = context.scope.above.get(above)
        log = call(whole)
        if log and log[1] == "log" and isinstance(whole, ast.expr):
            (start, end), inside = source.span(whole), _is_operand(context, whole)
            yield [*edits, Edit(start, start, f"{'(' * inside}max({of}) + "), Edit(end, end, ")" * inside)]
        elif isinstance(above, ast.Assign):
            yield from _differences(context, edits, source.of(above.targets[0]), of, module)


def _differences(context: Context, shifted: list[Edit], exps: str, of: str, module: str) -> Edits:
    """log(e[i] / s), and log(p[i]) with p = e / s, become x[i] − max(x) − log(s); ``exps`` is e, and ``of`` is x."""
    source, sums = context.source, {f"sum({exps})"}
    quotients, lines = dict[str, str](), dict[str, ast.stmt]()
    for node in context.of_form(ast.Assign):
        assert isinstance(node, ast.Assign)
        name, value = ast.unparse(node.targets[0]), node.value
        if ast.unparse(value) in sums:
            sums.add(name)
        elif isinstance(value, ast.ListComp) and isinstance(value.elt, ast.BinOp) and isinstance(value.elt.op, ast.Div):
            total = ast.unparse(value.elt.right)
            if ast.unparse(value.generators[0].iter) == exps and total in sums:
                quotients[name], lines[name] = total, node
    edits = []
    for node in context.of_form((ast.Call, "log")):
        called = call(node)
        match called and called[2]:
            case [ast.Subscript(ast.Name(p), i)] if p in quotients:
                total = quotients[p]
            case [ast.BinOp(ast.Subscript(e, i), ast.Div(), s)] if ast.unparse(e) == exps and ast.unparse(s) in sums:
                total = ast.unparse(s)
            case _:
                continue
        assert isinstance(node, ast.expr)
        text = f"{of}[{source.of(i)}] - max({of}) - {module}log({total})"
        edits.append(Edit(*source.span(node), f"({text})" if _is_operand(context, node) else text))
    names = [node.id for node in context.nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)]
    unused = [Edit(*source.rows(line.lineno, line.end_lineno or line.lineno), "") for name, line in lines.items()
              if names.count(name) == 1]  # fmt: skip
    if edits:
        yield [*shifted, *edits, *unused]


def _is_operand(context: Context, node: ast.expr) -> bool:
    return isinstance(context.scope.above[node], ast.BinOp | ast.UnaryOp)


def log_of_a_quotient(context: Context) -> Edits:
    """``p = exp(z) / s``, used only in log(p), becomes ``log_p = z − log(s)``."""
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
        value, name = _bare(node.value), node.targets[0].id
        if not (isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div)):
            continue
        inner = call(value.left)
        if isinstance(value.left, ast.Name) and value.left.id in exps:
            logit = exps[value.left.id]
        elif inner and inner[1] == "exp" and len(inner[2]) == 1:
            logit = inner[2][0]
        else:
            continue
        if isinstance(value.right, ast.BinOp):
            continue
        new = f"{source.of(logit)} - {context.library or 'np'}.log({source.of(value.right)})"
        edits = [Edit(*source.span(node.value), new), Edit(*source.span(node.targets[0]), f"log_{name}")]
        logs = []
        for one in context.nodes:
            called = call(one)
            if called and called[1] == "log" and len(called[2]) == 1 and _begins(_bare(called[2][0]), name):
                logs.append(Edit(*source.span(one), f"log_{source.of(_bare(called[2][0]))}"))
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
    """``p = softmax(x)``, by any function whose name has "softmax", and log(p): p becomes ``log_p``, a log-softmax."""
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
    """The uses of a variable; and the logarithms of it, or of elements picked from it."""
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
    """An expression without clamps and without an added constant or ε."""
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
    """The object on which ``gather``, ``squeeze`` and the like are called."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in (
        "gather", "squeeze", "view", "reshape", "unsqueeze", "flatten",
    ):  # fmt: skip
        node = node.func.value
    return node


def log_of_softmax(context: Context) -> Edits:
    """``log(softmax(x))`` becomes ``log_softmax(x)``; the logarithm of a sigmoid s, or of 1 − s, ``logsigmoid``."""
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
