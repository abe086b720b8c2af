"""Methods that look at nothing of their object: each is a function, and can be judged as one.

Many learners keep their functions in a class: ``class Losses`` with static methods, or with a ``self`` that nobody
asks for anything.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from byhand.judge.model import Definition, Program
from byhand.judge.notebook import looked_up

__all__ = ["methods", "named"]

_BOUND = {"staticmethod": "", "classmethod": "cls"}
_HARMLESS = ("staticmethod", "classmethod", "no_grad", "jit", "njit", "inference_mode")
"""Decorators under which a method stays what it is."""


def named(program: Program) -> set[str]:
    """Names of all that a program's user can speak of: definitions, and methods that are functions."""
    return {one.name for definition in program.definitions for one in (definition, *methods(definition))}


def methods(definition: Definition) -> Iterator[Definition]:
    """The public methods of a class that are functions, each under its own name at the top level of its program."""
    node = definition.node
    if not isinstance(node, ast.ClassDef):
        return
    known = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    outside = looked_up(node)  # what is put there must not change the meaning of these
    for name, method in known.items():
        if name.startswith("_") or name in outside or not _free(method, known, _constants(node)):
            continue
        function, own = copy(method), _own(method)
        if own:
            function.args = copy(method.args)
            function.args.args = method.args.args[1:]
        made = f"{node.name}.__new__({node.name})" if own == "self" else node.name
        program = f"{definition.program}\n{name} = {made}.{name}"
        heading = " · ".join(filter(None, (definition.heading, node.name)))
        yield replace(definition, name=name, node=function, program=program, heading=heading)


def _own(method: ast.FunctionDef) -> str:
    """The first parameter, if Python fills it in: "self" or "cls"; "" for a function that only lives in the class."""
    for decorator in method.decorator_list:
        if ast.unparse(decorator) in _BOUND:
            return _BOUND[ast.unparse(decorator)]
    first = method.args.args[0].arg if method.args.args else ""
    return first if first == "self" else ""


def _free(method: ast.FunctionDef, known: dict[str, ast.FunctionDef], constants: set[str]) -> bool:
    """Whether it, and each method that it calls, asks its object for nothing but methods and constants of the class."""
    waiting, seen = [method], set()
    while waiting:
        part = waiting.pop()
        if part.name in seen:
            continue
        seen.add(part.name)
        if not all(ast.unparse(d).partition("(")[0].rpartition(".")[2] in _HARMLESS for d in part.decorator_list):
            return False
        own = _own(part) and part.args.args[0].arg
        asked = [n for n in ast.walk(part) if isinstance(n, ast.Attribute) and _is(n.value, own)]
        names = {n.attr for n in asked}
        handed_on = sum(_is(n, own) for n in ast.walk(part)) > len(asked)
        if handed_on or any(isinstance(n.ctx, ast.Store) for n in asked) or not names <= {*known, *constants}:
            return False
        waiting += [known[name] for name in names if name in known]
    return True


def _is(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Name) and node.id == name


def _constants(node: ast.ClassDef) -> set[str]:
    """Names that the class's own body gives a value."""
    parts = [part for part in node.body if isinstance(part, ast.Assign | ast.AnnAssign)]
    return {n.id for part in parts for n in ast.walk(part) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
