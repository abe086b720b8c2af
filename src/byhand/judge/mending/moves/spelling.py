"""Mends of misspelt names, missing imports, and wrong calls and arguments."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from difflib import get_close_matches
from itertools import permutations

from byhand.judge.mending.context import Context
from byhand.judge.mending.moves.statements import Edits
from byhand.judge.mending.text import Edit
from byhand.judge.reading.needs import BUILTINS, unbound
from byhand.judge.reading.statements import first_line

IMPORTS = {
    "np": "import numpy as np",
    "numpy": "import numpy",
    "torch": "import torch",
    "math": "import math",
    "F": "import torch.nn.functional as F",
    "nn": "from torch import nn",
}


def spell_attributes(context: Context) -> Edits:
    """Rename attributes of self that are never set to similar ones that are."""
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
    """Rename an undefined name to a similar one, or if it is one letter to ``len(x)``; and a misspelt method."""
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
    """Import a module that is used and not imported."""
    for name in sorted((unbound(context.definition.statements) & IMPORTS.keys()) - context.definition.left):
        found = [one for one in context.definition.statements if isinstance(one, ast.Import | ast.ImportFrom)]
        node = context.definition.node
        last = [one for one in found if one.lineno < node.lineno]
        line = (last[-1].end_lineno or 0) + 1 if last else first_line(node)
        start, _ = context.source.rows(line, line)
        yield [Edit(start, start, IMPORTS[name] + "\n")]


def carets(context: Context) -> Edits:
    """Each ``^`` becomes ``**``."""
    source = context.source
    found = []
    for node in context.nodes:
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitXor):
            start = source.text.index("^", source.span(node.left)[1])
            found.append(Edit(start, start + 1, "**"))
    if found:
        yield found


def drop_call(context: Context) -> Edits:
    """Remove the call of a method without arguments: ``x.sqrt()`` becomes ``x``."""
    for node in context.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args and not node.keywords:
            yield [Edit(*context.source.span(node), context.source.of(node.func.value))]


def drop_keyword(context: Context) -> Edits:
    """Remove a keyword argument."""
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


def rename_function(context: Context) -> Edits:
    """Replace a torch loss by its counterpart for another kind of input, such as logits instead of probabilities."""
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


def exchange(context: Context) -> Edits:
    """Exchange two parameters in one statement, or everywhere."""
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
