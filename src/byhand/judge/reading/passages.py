"""The text of a learner's file: Markdown without its fenced code, docstrings, and comments of functions and classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence

from byhand.judge.model import Passage

__all__ = ["documented", "unfenced", "written"]

DOCUMENTED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})\s*(\w*)")
_MATHEMATICS = re.compile(r"\\[A-Za-z]|[_^]\{|[\u0370-\u03ff₀-₉₊₋⁰-⁹∇∂√∑←−⊙]")
"""What tells a formula in a comment from code that has been commented out."""


def unfenced(lines: Sequence[str]) -> tuple[str, ...]:
    """Lines of Markdown with fenced code blanked below the line that opens it. Formulas in a fence stay."""
    kept, fence = [], ""
    for line in lines:
        mark = _FENCE.match(line)
        if not fence and mark:
            fence = "" if mark[2].lower() == "math" else mark[1]
            kept.append(line)
        elif fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            kept.append("")
        else:
            kept.append(line)
    return tuple(kept)


def written(lines: Iterable[str]) -> bool:
    """Whether lines of code have more than comments and commands."""
    return any(line.strip() and not line.lstrip().startswith(("#", "%", "!")) for line in lines)


def documented(nodes: Iterable[ast.stmt], shown: Sequence[str]) -> Iterator[Passage]:
    """The docstrings and comments of each function and class, as far as they have signs of mathematics."""
    for node in nodes:
        if not isinstance(node, DOCUMENTED):
            continue
        strings = [line for part in ast.walk(node) if isinstance(part, DOCUMENTED) for line in _docstring(part)]
        first = node.lineno
        while first > 1 and shown[first - 2].startswith("#"):
            first -= 1
        lines = range(first, min(node.end_lineno or first, len(shown)) + 1)
        comments = {line for line in lines if shown[line - 1].lstrip().startswith("#")}
        kept = tuple(
            shown[line - 1].replace("#", " ", 1) if line in comments else shown[line - 1] if line in strings else ""
            for line in lines
        )
        kept = tuple(line if _MATHEMATICS.search(line) or line.strip("$ ") == "" else _words(line) for line in kept)
        if any(_MATHEMATICS.search(line) for line in kept):
            yield Passage(first, kept, node.name, code=True)


def _words(line: str) -> str:
    """A line that has no formula, which may still say what the next ones are about."""
    return re.sub(r"[=<>]", " ", line)


def _docstring(node: ast.AST) -> range:
    body = getattr(node, "body", None)
    first = body[0] if isinstance(body, list) and body else None
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
        return range(first.lineno, (first.end_lineno or first.lineno) + 1)
    return range(0)
