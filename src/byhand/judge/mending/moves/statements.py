"""Mends that move, remove or insert statements."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from byhand.judge.mending.context import Context, targets
from byhand.judge.mending.names import plays
from byhand.judge.mending.text import Edit
from byhand.judge.reading.statements import first_line

Edits = Iterator[list[Edit]]
"""What a move yields: one list of edits per possible mend."""
BODY, LONG = 9, 16
"""In blocks with more statements, only one statement is moved at once; and none if there are still more."""
SIMPLE = (ast.Assign, ast.AugAssign, ast.Expr, ast.AnnAssign)


def bodies(context: Context) -> Iterator[list[ast.stmt]]:
    """The blocks of statements of a definition, outer ones first."""
    for node in ast.walk(context.definition.node):
        for name in ("body", "orelse"):
            body = getattr(node, name, None)
            if isinstance(body, list) and body and isinstance(body[0], ast.stmt) and not isinstance(node, ast.ClassDef):
                yield body


def rows(context: Context, first: ast.stmt, last: ast.stmt | None = None) -> tuple[int, int] | None:
    """The offsets of the whole lines of statements; None if other code is in these lines."""
    last = last or first
    start, end = context.source.rows(first_line(first), last.end_lineno or last.lineno)
    text = context.source.text[start:end]
    inside = context.source.text[context.source.span(first)[0] : context.source.span(last)[1]]
    around = text.replace(inside, "", 1).strip() if not getattr(first, "decorator_list", None) else ""
    return None if around and not around.startswith("#") else (start, end)


def is_text(node: ast.stmt) -> bool:
    """Whether a statement is a bare constant, such as a docstring."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def drop(context: Context) -> Edits:
    """Remove a statement."""
    for body in bodies(context):
        for node in body:
            if isinstance(node, SIMPLE) and not is_text(node) and len(body) > 1 and (place := rows(context, node)):
                yield [Edit(*place, "")]


def order(context: Context) -> Edits:
    """Exchange two neighbouring groups of statements."""
    for body in bodies(context):
        function = context.scope.function(body[0])
        if not 1 < len(body) <= LONG or (function is not None and function.name == "__init__"):
            continue
        for i in range(len(body)):
            for j in range(i + 1, len(body)):
                for k in range(j + 1, len(body) + 1):
                    if len(body) > BODY and j - i > 1 < k - j:
                        continue
                    first, second = rows(context, body[i], body[j - 1]), rows(context, body[j], body[k - 1])
                    moved = body[i:k]
                    if first and second and all(isinstance(node, (*SIMPLE, ast.For, ast.With)) for node in moved):
                        text = context.source.text
                        tail = text[second[0] : second[1]]
                        tail += "" if tail.endswith("\n") else "\n"
                        yield [Edit(first[0], first[0], tail), Edit(second[0], second[1], "")]


def out_of_the_loop(context: Context) -> Edits:
    """Move ``x += …`` in a loop to before it, or ``return x`` to after it; remove a bare return or the loop's else."""
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
    """Move the increment of a step counter from after a loop to before it."""
    for body in bodies(context):
        for before, after in pairwise(body):
            if isinstance(before, ast.For) and isinstance(after, ast.AugAssign) and plays(after.target, "T"):
                first, second = rows(context, before), rows(context, after)
                if first and second:
                    text = context.source.text[second[0] : second[1]].rstrip("\n") + "\n"
                    yield [Edit(first[0], first[0], text), Edit(*second, "")]


def without_the_block(context: Context) -> Edits:
    """Remove ``with torch.no_grad():`` and dedent its block."""
    source = context.source
    for node in ast.walk(context.definition.node):
        if isinstance(node, ast.With) and "no_grad" in ast.unparse(node.items[0]):
            less = len(source.indent(node.body[0].lineno)) - len(source.indent(node.lineno))
            lines = range(node.body[0].lineno, (node.end_lineno or 0) + 1)
            moved = [Edit(start, start + less, "") for line in lines for start, _ in [source.rows(line, line)]]
            yield [Edit(*source.rows(node.lineno, node.body[0].lineno - 1), ""), *moved]


def no_grad(context: Context) -> Edits:
    """Decorate a function, other than ``__init__`` and ``zero_grad``, with ``@torch.no_grad()``."""
    for function in context.scope.functions:
        if not function.decorator_list and function.name not in ("__init__", "zero_grad"):
            start, _ = context.source.rows(function.lineno, function.lineno)
            yield [Edit(start, start, f"{context.source.indent(function.lineno)}@torch.no_grad()\n")]


def skip_missing(context: Context) -> Edits:
    """Begin a loop over parameters with ``if p.grad is None: continue``."""
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
    """Return the last variable from a function that has no ``return``."""
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


def decay_after_the_guard(context: Context) -> Edits:
    """Move a statement from before the check for a None gradient to after it."""
    for body in bodies(context):
        for before, after in pairwise(body):
            if isinstance(before, SIMPLE) and isinstance(after, ast.If) and "None" in ast.unparse(after.test):
                first, second = rows(context, before), rows(context, after)
                if first and second:
                    text = context.source.text[first[0] : first[1]]
                    yield [Edit(*first, ""), Edit(second[1], second[1], text)]
