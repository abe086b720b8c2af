"""Names that a program uses and does not define, and which of them a stand-in can replace."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import lru_cache

__all__ = ["BUILTINS", "hints", "imported", "meanings", "packages", "replaceable", "unbound"]

BUILTINS = frozenset(vars(builtins))
HARMLESS = ("prange", "store_attr", "save_hyperparameters", "get_array_module")
"""Functions of missing modules that have stand-ins of their own."""


def imported(node: ast.stmt) -> dict[str, tuple[str, str]]:
    """The names that an import binds, each with its module and its name there; "" for a module itself."""
    if isinstance(node, ast.ImportFrom):
        return {alias.asname or alias.name: (node.module or "", alias.name) for alias in node.names}
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.partition(".")[0]: (alias.name, "") for alias in node.names}
    return {}


def meanings(statements: tuple[ast.stmt, ...]) -> dict[str, str]:
    """What each imported name stands for, such as numpy of ``np``."""
    found = {name: of for node in statements for name, of in imported(node).items()}
    return {name: name if of[0].startswith(f"{name}.") else ".".join(filter(None, of)) for name, of in found.items()}


def packages(node: ast.stmt) -> set[str]:
    """The packages from which a statement imports; "" for the program's own modules."""
    if isinstance(node, ast.ImportFrom):
        return {"" if node.level else (node.module or "").partition(".")[0]}
    return {alias.name.partition(".")[0] for alias in node.names} if isinstance(node, ast.Import) else set()


@lru_cache(maxsize=4)
def unbound(statements: tuple[ast.stmt, ...]) -> frozenset[str]:
    """Names that are used, and that nothing in the program binds: no statement, parameter, loop or import."""
    used: set[str] = set()
    there: set[str] = set()
    for node in (part for statement in statements for part in ast.walk(statement)):
        if isinstance(node, ast.Name):
            (used if isinstance(node.ctx, ast.Load) else there).add(node.id)
        elif isinstance(node, ast.arg):
            there.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            there.add(node.name)
        else:
            there |= imported(node).keys() if isinstance(node, ast.stmt) else set()
    return frozenset(used - there)


@lru_cache(maxsize=4)
def replaceable(statements: tuple[ast.stmt, ...]) -> frozenset[str]:
    """Names that are used only as base classes, decorators and annotations."""
    plain: set[str] = set()
    other: set[str] = set()
    done: set[int] = set()
    waiting: list[ast.AST] = list(statements)
    while waiting:
        part = waiting.pop()
        if id(part) in done:
            continue
        for each in _done_without(part):
            plain |= set(_root(each))
            done |= set(map(id, ast.walk(each)))
        done |= set(map(id, hints(part)))
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and id(part) not in done:
            other.add(part.id)
        waiting += ast.iter_child_nodes(part)
    return frozenset(plain - other)


def _done_without(node: ast.AST) -> list[ast.expr]:
    """Expressions at or below a node for which any stand-in works."""
    found: list[ast.expr] = []
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        calls = [each for each in node.decorator_list if isinstance(each, ast.Call)]
        found += [each.func if isinstance(each, ast.Call) else each for each in node.decorator_list]
        found += [each.args[0] for each in calls if each.args and ast.unparse(each.func).endswith("partial")]
        found += node.bases if isinstance(node, ast.ClassDef) else []
    if isinstance(node, ast.Attribute) and node.attr in HARMLESS:
        found.append(node)
    return found


def _root(node: ast.expr) -> Iterator[str]:
    """The name with which ``a.b.c`` begins."""
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    if isinstance(node, ast.Name):
        yield node.id


def hints(node: ast.AST) -> Iterator[ast.AST]:
    """The annotations of a function, a parameter or an assignment."""
    for name in ("annotation", "returns"):
        if isinstance(found := getattr(node, name, None), ast.AST):
            yield found
