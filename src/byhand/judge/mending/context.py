"""A definition to be mended, and helpers that read its calls and assignments."""

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
    """A definition to be mended, and what rules need to know about it; each is computed once."""

    definition: Definition

    @cached_property
    def source(self) -> Source:
        """The text of its whole program."""
        return Source(self.definition.program)

    @cached_property
    def scope(self) -> Scope:
        """Its functions and names."""
        return Scope(self.definition)

    @cached_property
    def library(self) -> str:
        """The library that it computes with: "torch", "np", "numpy" or "math"; "" if none."""
        return library(self.definition)

    @cached_property
    def nodes(self) -> list[ast.expr | ast.stmt]:
        """Its statements and expressions in text order, without parameter lists, decorators and docstrings."""
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
    def _by_form(self) -> dict[object, list[ast.expr | ast.stmt]]:
        found: dict[object, list[ast.expr | ast.stmt]] = {}
        for node in self.nodes:
            found.setdefault(form(node), []).append(node)
            if isinstance(node, ast.expr):
                found.setdefault(ast.expr, []).append(node)
        return found

    def of_form(self, *forms: object) -> list[ast.expr | ast.stmt]:
        """The nodes of some forms (:func:`form`), in text order within each; ``ast.expr`` stands for any expression."""
        return [node for one in forms for node in self._by_form.get(one, ())]

    @cached_property
    def blank(self) -> str:
        """The learner's spacing on both sides of * and /: " " or ""."""
        body = re.sub(r"\*\*|#.*", "", self.definition.source)
        return " " if len(re.findall(r" [*/] ", body)) >= len(re.findall(r"\w[*/]\w", body)) else ""

    @cached_property
    def power(self) -> str:
        """The learner's power operator, with its spacing: " ** " or "**"."""
        return " ** " if " ** " in self.definition.source else "**"


def form(node: ast.AST) -> object:
    """The type of a node; of an operation the type of its operator too, of a call the function's name."""
    if isinstance(node, ast.BinOp | ast.UnaryOp | ast.AugAssign):
        return type(node), type(node.op)
    if isinstance(node, ast.Call):
        return ast.Call, node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return type(node)


def interface(definition: Definition) -> list[str]:
    """What its functions are called, take and return, as text: only if it changes, they are called in another way."""
    found = []
    for node in ast.walk(definition.node):
        if isinstance(node, ast.FunctionDef):
            found += [node.name, ast.unparse(node.args)]
        elif isinstance(node, ast.Return):
            found.append(ast.unparse(node))
    return found


def targets(statement: ast.stmt | None) -> list[ast.expr]:
    """The expressions that a statement assigns to; of a call, the name or item that its chain begins with."""
    if isinstance(statement, ast.Assign):
        return [part for one in statement.targets for part in (one.elts if isinstance(one, ast.Tuple) else [one])]
    if isinstance(statement, ast.AugAssign):
        return [statement.target]
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
        node: ast.expr = statement.value
        while isinstance(node, ast.Call):
            node = node.func.value if isinstance(node.func, ast.Attribute) else node.func
        return [node]
    return []


def call(node: Any) -> tuple[str, str, list[ast.expr]] | None:
    """Split a call into module, function name and arguments; None if the node is no call.

    The module is "" for a plain function, and "." for a method, whose object then is the first argument.
    """
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
