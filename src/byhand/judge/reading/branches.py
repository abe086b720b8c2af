"""Definitions inside ``if`` and ``try`` at the top level of a file: each branch becomes a statement of its own.

A branch keeps its lines and columns; the line above it becomes ``if True:``. So a definition is judged whether or not
the condition holds here, or the module that it tries to import is installed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from byhand.judge.reading.syntax import first_line

__all__ = ["branches", "flat"]

DEPTH = 4
"""The deepest branch that is looked into."""
_DEFINITION = (ast.FunctionDef, ast.ClassDef)
_BRANCHING = (ast.If, ast.Try)
_HEADER = re.compile(r"\s*(if|elif|else|try|except|finally)\b")


def branches(node: ast.stmt, lines: Sequence[str], depth: int = 0) -> Iterator[tuple[ast.If, str]]:
    """The branches of a statement that contain definitions, each as an ``if True:`` with its text.

    ``lines`` are those of the cell, in which the statement has its line numbers.
    """
    if not isinstance(node, _BRANCHING) or depth > DEPTH:
        return
    parts = [node.body, *(handler.body for handler in getattr(node, "handlers", ()))]
    parts += [getattr(node, "orelse", []), getattr(node, "finalbody", [])]
    for body in filter(None, parts):
        kept = [part for part in body if _simple(part)]
        if any(isinstance(part, _DEFINITION) for part in kept) and (made := _branch(kept, body[0], lines)):
            yield made
        for part in body:
            yield from branches(part, lines, depth + 1)


def flat(nodes: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements, with those of a branch in its place."""
    for node in nodes:
        match node:
            case ast.If(test=ast.Constant(value=True), body=body, orelse=[]):
                yield from flat(body)
            case _:
                yield node


def _simple(node: ast.stmt) -> bool:
    """Whether a statement is a definition or an import, or binds a name without a call."""
    if isinstance(node, ast.Assign):
        return not any(isinstance(part, ast.Call | ast.Await) for part in ast.walk(node.value))
    return isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Import | ast.ImportFrom)


def _branch(kept: Sequence[ast.stmt], first: ast.stmt, lines: Sequence[str]) -> tuple[ast.If, str] | None:
    """These statements below an ``if True:``, which is in the line of the branch's header."""
    header = first_line(first) - 1
    while header > 0 and not _HEADER.match(lines[header - 1]):
        header -= 1
    if not header:
        return None
    last = kept[-1].end_lineno or kept[-1].lineno
    taken = {line for part in kept for line in range(first_line(part), (part.end_lineno or part.lineno) + 1)}
    text = ["if True:", *(lines[i - 1] if i in taken else "" for i in range(header + 1, last + 1))]
    try:
        made = ast.parse("\n".join(text)).body
    except (SyntaxError, ValueError):
        return None
    if len(made) != 1 or not isinstance(made[0], ast.If):
        return None
    ast.increment_lineno(made[0], header - 1)
    return made[0], "\n".join(text)
