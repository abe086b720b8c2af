"""Several changes of the same lines of a formula at once, if each changes another part of their syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import cache
from itertools import combinations

Path = tuple[str | int, ...]
"""Fields and positions that lead from a tree to one of its nodes."""


def merged(line: str, forms: Sequence[str]) -> str | None:
    """The lines ``line`` with the changes of all ``forms``, which are other versions of it.

    None if two forms change the same part, or if there are several and one is no complete statement.
    """
    if len(forms) == 1:
        return forms[0]
    if not all(disjoint(line, one, other) for one, other in combinations(forms, 2)):
        return None
    tree = ast.parse(line)
    for form in forms:
        for path, node in _parts(line, form) or ():
            _put(tree, path, node)
    return ast.unparse(tree)


@cache
def disjoint(line: str, one: str, other: str) -> bool:
    """Whether two versions of ``line`` change different parts of it, so that both changes can be made."""
    first, second = _parts(line, one), _parts(line, other)
    if first is None or second is None:
        return False
    return not any(a[: len(b)] == b[: len(a)] for a, _ in first for b, _ in second)


@cache
def _parts(line: str, form: str) -> tuple[tuple[Path, object], ...] | None:
    """The smallest parts in which ``form`` differs from ``line``: where they are, and what stands there in ``form``.

    None if a whole statement differs: it may be left out, or another one added.
    """
    try:
        found = tuple(_differences(ast.parse(line), ast.parse(form), ()))
    except SyntaxError:  # the head of a block
        return None
    return None if any(len(path) <= 2 for path, _ in found) else found


def _differences(old: object, new: object, path: Path) -> list[tuple[Path, object]]:
    if isinstance(old, ast.AST) and type(old) is type(new):
        return [
            part
            for field in old._fields
            if field != "ctx"
            for part in _differences(getattr(old, field, None), getattr(new, field, None), (*path, field))
        ]
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        return [part for i in range(len(old)) for part in _differences(old[i], new[i], (*path, i))]
    return [] if old == new else [(path, new)]


def _put(tree: ast.AST, path: Path, node: object) -> None:
    """Replace what stands at ``path``."""
    *way, last = path
    place: object = tree
    for step in way:
        place = place[step] if isinstance(step, int) else getattr(place, step)  # type: ignore[index]
    if isinstance(last, int):
        place[last] = node  # type: ignore[index]
    else:
        setattr(place, last, node)
