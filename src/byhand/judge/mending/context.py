"""A definition that is to be mended, and what is asked of its calls and statements."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from byhand.judge.mending.names import MODULES, Scope, library
from byhand.judge.mending.text import Source
from byhand.judge.model import Definition


@dataclass
class Context:
    """A definition that is to be mended, with what patterns ask of it."""

    definition: Definition

    @cached_property
    def source(self) -> Source:
        """Its program."""
        return Source(self.definition.program)

    @cached_property
    def scope(self) -> Scope:
        """Its functions and names."""
        return Scope(self.definition)

    @cached_property
    def library(self) -> str:
        """The module that it calculates with."""
        return library(self.definition)

    @cached_property
    def nodes(self) -> list[ast.expr | ast.stmt]:
        """Its statements and expressions in the order of the text, without annotations, defaults and docstrings."""
        left: set[ast.AST] = set()
        for node in ast.walk(self.definition.node):
            if isinstance(node, ast.FunctionDef):
                aside = [node.args, *node.decorator_list, *filter(None, [node.returns])]
                left |= {part for one in aside for part in ast.walk(one)}
            elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
                left |= {node, node.value}
        found = [node for node in ast.walk(self.definition.node) if isinstance(node, ast.expr | ast.stmt)]
        return sorted((node for node in found if node not in left), key=lambda node: (node.lineno, node.col_offset))

    @cached_property
    def blank(self) -> str:
        """What the learner writes on both sides of * and /: a blank or nothing."""
        body = re.sub(r"\*\*|#.*", "", self.definition.source)
        return " " if len(re.findall(r" [*/] ", body)) >= len(re.findall(r"\w[*/]\w", body)) else ""

    @cached_property
    def power(self) -> str:
        """How the learner writes a power."""
        return " ** " if " ** " in self.definition.source else "**"


def targets(statement: ast.stmt | None) -> list[ast.expr]:
    """What a statement assigns to, also by a method that works in place."""
    if isinstance(statement, ast.Assign):
        return [part for one in statement.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        node: ast.expr = statement.value
        while isinstance(node, ast.Call | ast.Attribute):
            node = node.func if isinstance(node, ast.Call) else node.value
        return [node]
    return []


def call(node: Any) -> tuple[str, str, list[ast.expr]] | None:
    """A call as its module ("." for a method), its function and its arguments; None if it is not one."""
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Name):
        return "", node.func.id, node.args
    if isinstance(node.func, ast.Attribute):
        value = node.func.value
        if isinstance(value, ast.Name | ast.Attribute) and ast.unparse(value).partition(".")[0] in MODULES:
            return ast.unparse(value), node.func.attr, node.args
        return ".", node.func.attr, [value, *node.args]
    return None
