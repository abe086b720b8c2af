"""A formula, or a formula changed by a page, as a program that a learner may have written, in one of three libraries.

Of the formula's file only what the program needs remains: no annotations, no docstrings, other names.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from typing import TypeAlias

from byhand.judge.diagnosis.clinic import Change, changed
from byhand.practice.hunts import numpy as to_numpy
from byhand.practice.hunts import python as to_python
from byhand.practice.hunts.untranslatable import Untranslatable

__all__ = ["formula_program"]

Part: TypeAlias = ast.FunctionDef | ast.ClassDef

OPTIMIZERS = ("sgd", "momentum", "adam", "adamw")
ASKED = {
    "cross_entropy": (
        "cross_entropy",
        "cross_entropy_with_logits",
        "binary_cross_entropy",
        "binary_cross_entropy_with_logits",
    ),
    "kl_divergence": ("kl_divergence",),
    "roc_auc": ("roc_auc",),
}
"""The functions of each formula's file that are a whole program; others only serve them."""
NAMES = {"theta": "w", "P": "p", "Q": "q", "seen": "mask", "moved": "new_w", "R_pos": "rank_sum", "positive": "labels"}
"""Names that learners use for those of the formulas."""
LONG = 100
"""Columns after which the arguments of a definition are put on lines of their own."""
_IMPORTS = {"torch": "import torch", "numpy": "import numpy as np", "python": "import math"}


def formula_program(formula: str, library: str, change: Change | None = None, of: Change | None = None) -> str:
    """The program of a formula, with ``change`` or right; of the same functions as with ``of``.

    Raises:
        Untranslatable: no rule says what the change would be in this library.
    """
    return _program(formula, library, change, _needed(formula, change or of))


@cache
def _program(formula: str, library: str, change: Change | None, names: frozenset[str]) -> str:
    """The program of the named definitions; the right one is that of many hunts."""
    parts = [_plain(part) for name, part in _parts(formula, change).items() if name in names]
    if library == "numpy":
        parts = [to_numpy.translated(part) for part in parts]
    elif library == "python":
        if formula not in OPTIMIZERS:
            raise Untranslatable("a loss on lists of numbers has loops where the formula has sums")
        parts = [to_python.translated(part, formula) for part in parts if isinstance(part, ast.FunctionDef)]
    text = "\n\n\n".join(_text(_Renamed(NAMES).visit(ast.fix_missing_locations(part))) for part in parts)
    module = _IMPORTS[library].rpartition(" ")[2]
    return f"{_IMPORTS[library]}\n\n\n{text}\n" if f"{module}." in text else f"{text}\n"


def _parts(formula: str, change: Change | None) -> dict[str, Part]:
    """The definitions in a formula's file, by name."""
    tree = ast.parse(changed(formula, (change,) if change else ()))
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def _needed(formula: str, change: Change | None) -> frozenset[str]:
    """The names of the definitions of the smallest whole program in which something has changed."""
    right = _parts(formula, None)
    if formula in OPTIMIZERS:
        return frozenset(right)
    touched = _parts(formula, change)
    both = {name: [*_used(right[name]), *_used(touched[name])] for name in right}
    differ = {name for name in right if ast.dump(right[name]) != ast.dump(touched[name])}
    asked = ASKED[formula]
    whole = [(len(used), asked.index(name), used) for name in asked if differ <= (used := _closure(name, both))]
    if not whole:
        raise Untranslatable("it changes functions that no program uses together")
    return frozenset(min(whole)[2])


def _used(part: Part) -> list[str]:
    return [node.id for node in ast.walk(part) if isinstance(node, ast.Name)]


def _closure(name: str, used: dict[str, list[str]]) -> set[str]:
    """A definition and all that it uses, directly or indirectly."""
    found, waiting = {name}, [name]
    while waiting:
        new = (set(used[waiting.pop()]) & used.keys()) - found
        found |= new
        waiting += new
    return found


def _plain(part: Part) -> Part:
    """The definition without docstrings and annotations."""
    for node in ast.walk(part):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            node.body = [one for one in node.body if not _is_text(one)] or [ast.Pass()]
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        if isinstance(node, ast.arg):
            node.annotation = None
    plain = _Unannotated().visit(part)
    assert isinstance(plain, ast.FunctionDef | ast.ClassDef)
    return plain


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


class _Unannotated(ast.NodeTransformer):
    """``rank: Tensor = …`` becomes ``rank = …``."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.Assign(targets=[node.target], value=node.value)


class _Renamed(ast.NodeTransformer):
    """Other names for variables and parameters."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self.names.get(node.id, node.id)
        return node

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.arg = self.names.get(node.arg, node.arg)
        return node


def _text(part: ast.AST) -> str:
    """The definition's text, as a formatter would leave it."""
    text = ast.unparse(ast.fix_missing_locations(part)).replace(":\n\n    def", ":\n    def", 1).replace("e-0", "e-")
    return "\n".join(line for whole in text.split("\n") for line in _formatted(whole))


def _formatted(line: str) -> Iterator[str]:
    """A line of unparsed code: no parentheses around returned tuples, long signatures on several lines."""
    indent, code = line[: len(line) - len(line.lstrip())], line.lstrip()
    if code.startswith("return (") and _is_tuple(code.removeprefix("return ")):
        yield f"{indent}return {code.removeprefix('return (')[:-1]}"
    elif len(line) > LONG and code.startswith("def "):
        head, _, rest = code.partition("(")
        arguments, _, tail = rest.rpartition(")")
        yield from (f"{indent}{head}(", f"{indent}    {arguments}", f"{indent}){tail}")
    else:
        yield line


def _is_tuple(text: str) -> bool:
    value = ast.parse(text, mode="eval").body
    return isinstance(value, ast.Tuple) and len(value.elts) > 1
