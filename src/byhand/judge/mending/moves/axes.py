"""Mends of the axis over which a function reduces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from byhand.judge.mending.context import Context, call
from byhand.judge.mending.moves.statements import Edits
from byhand.judge.mending.text import Edit

REDUCTIONS = {"sum", "mean", "max", "amax", "min", "softmax", "log_softmax", "logsumexp", "argmax"}
"""Functions whose second argument is an axis."""


def axes(context: Context) -> Edits:
    """Axis 0 becomes the last one, in all calls or in one: written -1 or 1, as the learner does elsewhere."""
    places = list(_places(context))
    last = re.search(r"(?:dim|axis) *= *(-1|1)\b", context.definition.source)
    for axis in dict.fromkeys([last[1] if last else "1", "1", "-1"]):
        edits = [Edit(*context.source.span(node), axis) for node in places]
        if len(edits) > 1:
            yield edits
        yield from ([edit] for edit in edits)


def _places(context: Context) -> Iterator[ast.expr]:
    for node in context.nodes:
        called = call(node)
        if called is None or not isinstance(node, ast.Call):
            continue
        named = [one.value for one in node.keywords if one.arg in ("dim", "axis")]
        given = called[2][1:2] if called[1] in REDUCTIONS else []
        yield from (one for one in (*named, *given) if isinstance(one, ast.Constant) and one.value == 0)
