"""Helpers for the syntax tree of a program."""

from __future__ import annotations

import ast
import math
import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from byhand.judge.model import LINE, Definition

BASES = 16
"""The most classes of an inheritance chain that are read."""


@lru_cache(64)
def bases(definition: Definition) -> tuple[ast.ClassDef, ...]:
    """The class itself, then its base classes in the same program; () for a function."""
    return tuple(_bases(definition))


def _bases(definition: Definition) -> Iterator[ast.ClassDef]:
    known = {n.name: n for n in definition.statements if isinstance(n, ast.ClassDef)}
    waiting: list[ast.FunctionDef | ast.ClassDef] = [definition.node]
    observed: set[str] = set()
    while waiting and len(observed) < BASES:
        node = waiting.pop(0)
        if isinstance(node, ast.ClassDef) and node.name not in observed:
            observed.add(node.name)
            yield node
            waiting += [known[name] for base in node.bases if (name := ast.unparse(base)) in known]


def field_constructor(node: ast.ClassDef) -> ast.FunctionDef | None:
    """The constructor that a dataclass or NamedTuple gets from its fields; None for other classes."""
    signs = (*node.decorator_list, *node.bases)
    if not any(re.search(r"\b(dataclass|NamedTuple)\b", ast.unparse(sign)) for sign in signs):
        return None
    found = []
    for part in node.body:
        match part:
            case ast.AnnAssign(target=ast.Name(id=name), value=value) if "init=False" not in ast.unparse(part):
                found.append(name + ("" if value is None else f"={ast.unparse(value)}"))
    return _constructor([*["*"] * bool(found), *found])


@lru_cache(64)
def text(definition: Definition) -> str:
    """All lines of a definition and of its base classes, without comments and docstrings; long lines are cut."""
    nodes = bases(definition) or (definition.node,)
    lines = "\n".join(ast.unparse(without_docstrings(node)) for node in nodes).split("\n")
    return "\n".join(line[: 2 * LINE] for line in lines)


@lru_cache(16)
def constructors(program: tuple[ast.stmt, ...]) -> dict[str, ast.FunctionDef]:
    """The constructors of the classes and named tuples at the top level of a program, by name."""
    found: dict[str, ast.FunctionDef] = {}
    for node in program:
        match node:
            case ast.ClassDef(name=name, body=body):
                methods = (part for part in body if isinstance(part, ast.FunctionDef) and part.name == "__init__")
                if (made := next(methods, None) or field_constructor(node)) is not None:
                    found[name] = made
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(args=[_, names, *_]) as call):
                if ast.unparse(call.func).endswith("namedtuple"):
                    found[name] = _constructor(literal_names(names))
    return found


def _constructor(parameters: Sequence[str]) -> ast.FunctionDef:
    made = ast.parse(f"def __init__({', '.join(['self', *parameters])}): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    return made


def literal_names(node: ast.expr) -> list[str]:
    """The names in a string of names, or in a list of strings; [] for anything else."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        return []
    words = value.replace(",", " ").split() if isinstance(value, str) else value
    return [str(word) for word in words] if isinstance(words, list | tuple) else []


def returned(node: ast.FunctionDef) -> ast.FunctionDef | ast.Call | None:
    """What a function returns, if it is an inner function, or a call that makes an optimizer of torch; else None."""
    values = [n.value for n in own_nodes(node) if isinstance(n, ast.Return) and n.value is not None]
    if not values:
        return None
    value = values[-1]
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and isinstance(value, ast.Name) and part.name == value.id:
            return part
    made = isinstance(value, ast.Call) and re.search(r"\boptim\.[A-Z]\w+$", ast.unparse(value.func))
    return value if made and isinstance(value, ast.Call) else None


def without_docstrings(node: ast.AST) -> ast.AST:
    """A copy of a tree without docstrings."""
    copy = ast.parse(ast.unparse(node))
    for part in ast.walk(copy):
        match part:
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant()), _, *_] as body):
                del body[0]
            case ast.ClassDef(body=[ast.Expr(value=ast.Constant()), _, *_] as body):
                del body[0]
    return copy


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    waiting = [*ast.iter_child_nodes(node)][::-1]
    while waiting:
        child = waiting.pop()
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            waiting += [*ast.iter_child_nodes(child)][::-1]


def empty(node: ast.FunctionDef) -> bool:
    """Whether a function has no body yet: pass, ..., raise NotImplementedError."""
    body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    return all(isinstance(n, ast.Pass) or (isinstance(n, ast.Raise) and "NotImplemented" in ast.dump(n)) for n in body)


def assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Pairs of target and value; ``a, b = x, y`` gives two pairs."""
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            yield from zip(target.elts, node.value.elts, strict=False)
        else:
            yield target, node.value


def names_in(targets: Sequence[ast.expr]) -> set[str]:
    """The names in these targets."""
    return {n.id for target in targets for n in ast.walk(target) if isinstance(n, ast.Name)}


def literal(node: ast.expr | None) -> Any:
    """The number, bool or tuple of numbers that an expression is; None for anything else."""
    try:
        value = ast.literal_eval(node) if node is not None else None
    except (ValueError, TypeError, OverflowError, RecursionError, MemoryError):  # of `a.b`, `{[]: 1}`, …
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return fraction(value)
    if isinstance(value, tuple | list) and value and all(isinstance(x, int | float) for x in value):
        return tuple(map(fraction, value))
    return None


def fraction(number: float) -> float:
    """The number as a float; ±∞ for an integer that is too large."""
    try:
        return float(number)
    except OverflowError:
        return math.inf if number > 0 else -math.inf


def returned_functions(
    node: ast.FunctionDef, known: dict[str, ast.FunctionDef]
) -> Iterator[tuple[str, tuple[str | int, ast.FunctionDef]]]:
    """The inner functions that a function returns together: name, place in the result, and node.

    The place is an index or a key, or, for an object with attributes, the attribute with a dot before it. ``known`` are
    the constructors of the program's classes.
    """
    functions = {part.name: part for part in node.body if isinstance(part, ast.FunctionDef)}
    values = [n.value for n in own_nodes(node) if isinstance(n, ast.Return) and n.value is not None]
    places: list[tuple[str | int, ast.expr]] = []
    match values[-1] if values else None:
        case ast.Tuple(elts=elts):
            places = list(enumerate(elts))
        case ast.Dict(keys=keys, values=parts):
            places = [(str(literal_key(key)), part) for key, part in zip(keys, parts, strict=True)]
        case ast.Call(func=func, args=args, keywords=keywords):
            made = known.get(ast.unparse(func))
            names = [arg.arg for arg in (*made.args.args[1:], *made.args.kwonlyargs)] if made else []
            places = [(f".{names[i]}" if i < len(names) else i, part) for i, part in enumerate(args)]
            places += [(f".{word.arg}", word.value) for word in keywords if word.arg]
    for place, part in places:
        if isinstance(part, ast.Name) and part.id in functions:
            yield part.id, (place, functions[part.id])


def literal_key(key: ast.expr | None) -> object:
    """The value of a constant key, "" for other keys."""
    return key.value if isinstance(key, ast.Constant) else ""
