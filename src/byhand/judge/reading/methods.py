"""Methods that use nothing of their object: each is a function, and can be judged as one.

Many learners keep their functions in a class: ``class Losses`` with static methods, or with an unused ``self``.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from byhand.judge.model import Definition, Program
from byhand.judge.reading.statements import looked_up

__all__ = ["methods", "named"]

_BOUND = {"staticmethod": "", "classmethod": "cls"}
_STEPS = re.compile(
    r"(?i)(_*(update|step|apply|optimi[sz]e|sgd|gd|gradient_?descent|momentum|adamw?"
    r"|with|weights?|params?|parameters?|grads?|gradients?|model|network|layers?)|更新|参数|权重|优化|梯度下降|一步)+"
)
"""Names of methods that may move what their object keeps: a network that updates its own weights."""
_HARMLESS = ("staticmethod", "classmethod", "no_grad", "jit", "njit", "inference_mode")
"""Decorators that do not change what a method computes."""


def named(program: Program) -> set[str]:
    """All names that a user can give: definitions, and methods that are functions."""
    return {one.name for definition in program.definitions for one in (definition, *methods(definition))}


def methods(definition: Definition) -> Iterator[Definition]:
    """The methods of a class that are functions, each under its own name at the top level of its program.

    One that moves what its object keeps is among them: ``name.__self__`` is an object that has nothing yet.
    """
    node = definition.node
    if not isinstance(node, ast.ClassDef):
        return
    known = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    outside = looked_up(ast.unparse(node))  # a new top-level name must not change the meaning of these
    asks, constants = {name: _asked(method) for name, method in known.items()}, _constants(node)
    for name, method in known.items():
        if name.startswith("__") or name in outside:
            continue
        if not _free(name, asks, constants) and not (_STEPS.fullmatch(name) and _keeps_to_attributes(method)):
            continue
        function, own = copy(method), _own(method)
        if own:
            function.args = copy(method.args)
            function.args.args = method.args.args[1:]
        made = f"{node.name}.__new__({node.name})" if own == "self" else node.name
        program = f"{definition.program}\n{name} = {made}.{name}"
        heading = " · ".join(filter(None, (definition.heading, node.name)))
        lines = definition.lines[method.lineno - node.lineno : (method.end_lineno or 0) - node.lineno + 1]
        yield replace(definition, name=name, node=function, program=program, heading=heading, lines=lines)


def _own(method: ast.FunctionDef) -> str:
    """The first parameter if Python fills it in: "self" or "cls"; "" for a static function."""
    for decorator in method.decorator_list:
        if ast.unparse(decorator) in _BOUND:
            return _BOUND[ast.unparse(decorator)]
    first = method.args.args[0].arg if method.args.args else ""
    return first if first == "self" else ""


def _free(name: str, asks: dict[str, set[str] | None], constants: set[str]) -> bool:
    """Whether a method, and each method that it calls, uses only methods and constants of the class."""
    waiting, seen = [name], set()
    while waiting:
        part = waiting.pop()
        if part in seen:
            continue
        seen.add(part)
        names = asks[part]
        if names is None or not names <= asks.keys() | constants:
            return False
        waiting += names & asks.keys()
    return True


def _asked(method: ast.FunctionDef) -> set[str] | None:
    """The attributes that a method uses of its object; None if it uses the object in another way."""
    if not all(ast.unparse(d).partition("(")[0].rpartition(".")[2] in _HARMLESS for d in method.decorator_list):
        return None
    own = _own(method) and method.args.args[0].arg
    asked = [n for n in ast.walk(method) if isinstance(n, ast.Attribute) and _is(n.value, own)]
    handed_on = sum(_is(n, own) for n in ast.walk(method)) > len(asked)
    return None if handed_on or any(isinstance(n.ctx, ast.Store) for n in asked) else {n.attr for n in asked}


def _keeps_to_attributes(method: ast.FunctionDef) -> bool:
    """Whether a method does nothing with its object but read and write its attributes."""
    own = _own(method)
    asked = sum(isinstance(n, ast.Attribute) and _is(n.value, own) for n in ast.walk(method))
    return own == "self" and not method.decorator_list and 0 < asked == sum(_is(n, own) for n in ast.walk(method))


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _constants(node: ast.ClassDef) -> set[str]:
    """Names that the class body assigns."""
    parts = [part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
