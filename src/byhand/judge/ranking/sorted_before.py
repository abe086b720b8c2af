"""Whether a function is only a part of another one, which sorts before it calls it."""

from __future__ import annotations

import ast
import re

from byhand.judge.model import Definition

_SORTS = re.compile(r"sort|rank|unique|[<>]|where\(")
"""In the text of a program that looks at the order of the scores itself."""


def given_sorted(definition: Definition) -> bool:
    """Whether another definition of the program sorts and then calls this one, which does not look at the order."""
    if _SORTS.search(definition.source.replace(definition.name, "").replace("->", "")):
        return False
    return any(
        "sort" in ast.unparse(node) and _calls(node, definition.name)
        for node in definition.statements
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name != definition.name
    )


def _calls(node: ast.AST, name: str) -> bool:
    """Whether a function of this name, or a method, is called somewhere below a node."""
    called = (part.func for part in ast.walk(node) if isinstance(part, ast.Call))
    return any(ast.unparse(each).rpartition(".")[2] == name for each in called)
