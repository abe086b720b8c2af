"""Pairs, ties and thresholds of ROC AUC."""

from __future__ import annotations

import ast
from itertools import permutations

from byhand.judge.mending.context import Context, call
from byhand.judge.mending.moves.statements import Edits
from byhand.judge.mending.text import Edit


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
