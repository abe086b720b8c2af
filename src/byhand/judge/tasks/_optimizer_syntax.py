"""Small questions to the syntax tree of a program."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from typing import Any

from byhand.judge.model import Definition


def bases(definition: Definition) -> Iterator[ast.ClassDef]:
    """The class itself, then those of the same program that it is derived from."""
    known = {n.name: n for n in ast.parse(definition.program).body if isinstance(n, ast.ClassDef)}
    waiting, seen = [definition.node], set()
    while waiting:
        node = waiting.pop(0)
        if isinstance(node, ast.ClassDef) and node.name not in seen:
            seen.add(node.name)
            yield node
            waiting += [known[name] for base in node.bases if (name := ast.unparse(base)) in known]


def fields(node: ast.ClassDef) -> ast.FunctionDef | None:
    """The constructor that @dataclass makes of a class's fields; None if it is no dataclass."""
    if not any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list):
        return None
    found = []
    for part in node.body:
        if isinstance(part, ast.AnnAssign) and "init=False" not in ast.unparse(part):
            found.append(ast.unparse(part.target) + ("" if part.value is None else f"={ast.unparse(part.value)}"))
    made = ast.parse(f"def __init__({', '.join(['self', *['*'] * bool(found), *found])}): pass").body[0]
    assert isinstance(made, ast.FunctionDef)
    return made


def returned(node: ast.FunctionDef) -> ast.FunctionDef | ast.Call | None:
    """What a function makes and hands back: a function of its own, or the call that makes an optimizer of torch."""
    values = [n.value for n in own(node) if isinstance(n, ast.Return) and n.value is not None]
    if not values:
        return None
    value = values[-1]
    for part in node.body:
        if isinstance(part, ast.FunctionDef) and isinstance(value, ast.Name) and part.name == value.id:
            return part
    made = isinstance(value, ast.Call) and re.search(r"\boptim\.[A-Z]\w+$", ast.unparse(value.func))
    return value if made and isinstance(value, ast.Call) else None


def bare(node: ast.AST) -> ast.AST:
    """A copy of a tree without documentation strings."""
    copy = ast.parse(ast.unparse(node))
    for part in ast.walk(copy):
        match part:
            case ast.FunctionDef(body=[ast.Expr(value=ast.Constant()), _, *_] as body):
                del body[0]
            case ast.ClassDef(body=[ast.Expr(value=ast.Constant()), _, *_] as body):
                del body[0]
    return copy


def own(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function, without those of functions inside it."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.FunctionDef | ast.Lambda):
            yield child
            yield from own(child)


def empty(node: ast.FunctionDef) -> bool:
    """Whether a function only says what it will be: pass, ..., raise NotImplementedError."""
    body = [n for n in node.body if not (isinstance(n, ast.Expr) and isinstance(n.value, ast.Constant))]
    return all(isinstance(n, ast.Pass) or (isinstance(n, ast.Raise) and "NotImplemented" in ast.dump(n)) for n in body)


def assignments(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Targets and values, those of ``a, b = x, y`` one by one."""
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


def spelled(node: ast.expr | None) -> Any:
    """The number, truth value or tuple of numbers that an expression spells; None if it is none."""
    try:
        value = ast.literal_eval(node) if node is not None else None
    except ValueError:
        return None
    if isinstance(value, bool):
        return value
    if isinstance(value, int | float):
        return float(value)
    if isinstance(value, tuple | list) and value and all(isinstance(x, int | float) for x in value):
        return tuple(map(float, value))
    return None
