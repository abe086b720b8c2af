"""Mends of ROC AUC: pairs, ties and thresholds."""

from __future__ import annotations

import ast
import re
from itertools import permutations

from byhand.judge.mending.context import Context, call
from byhand.judge.mending.moves.statements import Edits
from byhand.judge.mending.text import Edit


def half_for_ties(context: Context) -> Edits:
    """Add ``elif p == n: wins += 0.5`` to ``if p > n: wins += 1``; or correct what such a branch adds."""
    source = context.source
    for node in context.nodes:
        if not isinstance(node, ast.If) or len(node.body) != 1:
            continue
        test, body = node.test, node.body[0]
        if not isinstance(test, ast.Compare) or not isinstance(body, ast.AugAssign):
            continue
        if isinstance(test.ops[0], ast.Eq) and isinstance(body.value, ast.Constant):
            yield [Edit(*source.span(body.value), "0.5")]
        if isinstance(test.ops[0], ast.Gt | ast.Lt) and not node.orelse:
            indent, inner = source.indent(node.lineno), source.indent(body.lineno)
            equal = f"{source.of(test.left)} == {source.of(test.comparators[0])}"
            text = f"{indent}elif {equal}:\n{inner}{source.of(body.target)} += 0.5\n"
            _, end = source.rows(body.lineno, body.end_lineno or body.lineno)
            line = "" if source.text[:end].endswith("\n") else "\n"
            yield [Edit(end, end, line + text)]


def one_class(context: Context) -> Edits:
    """Before ``return a / b``, return nan if b is 0, since then one class is missing."""
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
    """A ``searchsorted`` from one side becomes the mean of both sides, so that a tie counts as half."""
    source = context.source
    for node in context.nodes:
        called = call(node)
        if called is None or called[1] != "searchsorted" or not isinstance(node, ast.Call):
            continue
        start, end = source.span(node)
        text = source.of(node)
        for side, other, one in (("right", "left", 1), ("left", "right", 1)):
            more = re.sub(rf"""(?<=["']){side}(?=["'])""", other, text)
            if more != text:
                yield [Edit(start, end, f"({text} + {more} + {one}) / 2")]
                yield [Edit(start, end, f"({text} + {more}) / 2")]


def pairs(context: Context) -> Edits:
    """Divide the returned value by a number of pairs, such as ``n * m``, instead of by what it was divided by."""
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
        below.sort(key=lambda text: sum(f"len({word})" in text for word in lists), reverse=True)
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
    """Subtract n · (n + 1) / 2 from a sum, for each variable n in scope."""
    source = context.source
    for node in context.nodes:
        called = call(node)
        if called is None or called[1] != "sum":
            continue
        for word in context.scope.names(node):
            if word.isidentifier():
                text = f"({source.of(node)} - {word} * ({word} + 1) / 2)"
                yield [Edit(*source.span(node), text)]


def ranks_of_ties(context: Context) -> Edits:
    """Ranks 1, 2, … of sorted scores become the mean ranks of equal ones."""
    source = context.source
    orders = {}
    for node in context.of_form(ast.Assign):
        assert isinstance(node, ast.Assign)
        called = call(node.value)
        if called and called[1] == "argsort" and called[2]:
            orders[source.of(node.targets[0])] = source.of(called[2][0])
    for node in context.nodes:
        called, statement = call(node), context.scope.statement(node)
        if called is None or called[1] != "arange" or len(called[2]) != 2 or ast.unparse(called[2][0]) != "1":
            continue
        assert statement is not None
        place, _ = source.rows(statement.lineno, statement.lineno)
        right = "right=True" if context.library == "torch" else '"right"'
        sides = [f"{called[0]}.searchsorted(ordered, ordered{side})" for side in ("", f", {right}")]
        ranks = Edit(*source.span(node), f"({' + '.join(sides)} + 1) / 2")
        for order, scores in orders.items():
            yield [Edit(place, place, f"{source.indent(statement.lineno)}ordered = {scores}[{order}]\n"), ranks]


def thresholds(context: Context) -> Edits:
    """The thresholds of an ROC curve become ∞, then the distinct scores in descending order."""
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
