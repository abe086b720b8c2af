"""A learner's text as a syntax tree, and whether Python and the judge can process that tree.

A tree is not always a valid program: ``def f(a, a)`` has one, and a sum of a thousand terms is deeper than Python's
recursion limit. All such faults are found here, so later code need not expect them.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

DEPTH = 100
"""Levels of a statement's tree; a class with loops and formulas has 25."""
INTEGER_BITS = 14_000
"""Bits of the largest integer: Python prints at most 4,300 digits."""
DEFINITION_LINES, DEFINITION_BYTES, FUNCTIONS = 2_000, 100_000, 1_000
"""Limits of a definition: lines, bytes, and functions in it, lambdas included."""
TOGETHER = 100
"""How many short statements are compiled at once, since most are valid."""
COPIES = 100_000
"""Nodes that the compiler may create by copying a ``finally`` block to every exit of its ``try``."""

_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda, *_COMPREHENSIONS)
"""Nodes with code objects of their own: the compiler compares each with each."""
TOO_MUCH = frozenset({"long cell", "long definition", "deep", "digits", "finally"})
"""Keys for statements that Python itself would accept."""
Fault = tuple[int, str]
"""A line, and why it cannot be used: one of :data:`TOO_MUCH`, or Python's own message."""


@contextmanager
def quiet() -> Iterator[None]:
    """Suppress warnings of a learner's text and of the judge's arithmetic."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def parse(text: str) -> ast.Module:
    """The tree of a text; every failure is raised as a SyntaxError."""
    try:
        with quiet():
            return ast.parse(text)
    except SyntaxError:
        raise
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise SyntaxError(str(error) or "too complex") from None


def first_line(node: ast.stmt) -> int:
    """The first line of a statement, decorators included."""
    decorators: list[ast.expr] = getattr(node, "decorator_list", [])
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def faults(nodes: Sequence[ast.stmt], texts: Sequence[str]) -> list[Fault | None]:
    """Why each of these statements cannot be used, None if it can; ``texts`` are their source texts."""
    found = [_excess(node, text) for node, text in zip(nodes, texts, strict=True)]
    for start in range(0, len(nodes), TOGETHER):
        some = [i for i in range(start, min(start + TOGETHER, len(nodes))) if found[i] is None]
        short = [nodes[i] for i in some if len(texts[i]) <= DEPTH]
        sound = _refused(short) is None
        for i in some:
            if len(texts[i]) > DEPTH or not sound:
                found[i] = _refused([nodes[i]])
    return found


def _refused(nodes: list[ast.stmt]) -> Fault | None:
    """The compiler's objection to these statements."""
    try:
        with quiet():
            flags = ast.PyCF_ALLOW_TOP_LEVEL_AWAIT  # notebooks may use it; such a statement is never kept
            compile(ast.Module(nodes, []), "<cell>", "exec", flags, dont_inherit=True)
    except SyntaxError as error:
        return error.lineno or nodes[0].lineno, error.msg
    except (ValueError, RecursionError, MemoryError, OverflowError, SystemError) as error:
        return nodes[0].lineno, str(error) or "too complex"
    return None


def _excess(node: ast.stmt, text: str) -> Fault | None:
    """Which limit a statement exceeds; found without recursion deeper than Python allows."""
    if len(text) <= DEPTH:
        return None
    nodes: list[ast.AST] = []
    level: list[ast.AST] = [node]
    for _ in range(DEPTH):
        nodes += level
        level = [child for parent in level for child in ast.iter_child_nodes(parent)]
        if not level:
            break
    else:
        return node.lineno, "deep"
    functions = sum(isinstance(part, _FUNCTIONS) for part in nodes)
    long = text.count("\n") >= DEFINITION_LINES or len(text.encode()) > DEFINITION_BYTES
    if functions > FUNCTIONS or (functions and long):
        return node.lineno, "long definition"
    for part in nodes:
        if isinstance(part, ast.Constant) and isinstance(part.value, int) and part.value.bit_length() > INTEGER_BITS:
            return part.lineno, "digits"
    tries = any(isinstance(part, ast.Try | ast.TryStar) and part.finalbody for part in nodes)
    return (node.lineno, "finally") if tries and _copies(nodes) > COPIES else None


def _copies(nodes: Sequence[ast.AST]) -> int:
    """About how many nodes the compiler adds to these; parents come before their children."""
    size: dict[ast.AST, int] = {}
    exits: dict[ast.AST, int] = {}
    for part in reversed(nodes):
        children = list(ast.iter_child_nodes(part))
        exits[part] = isinstance(part, ast.Return | ast.Break | ast.Continue) + sum(exits[child] for child in children)
        size[part] = 1 + sum(size[child] for child in children)
        if isinstance(part, ast.Try | ast.TryStar):
            size[part] += (1 + exits[part]) * sum(size[child] for child in part.finalbody)
    return size[nodes[0]] - len(nodes)
