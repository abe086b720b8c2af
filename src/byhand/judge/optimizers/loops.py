"""The names of the items of lists, and the roles of the parts of tuples, by the loops of a text."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence

from byhand.judge.optimizers.syntax import assignments
from byhand.judge.optimizers.words import means

ALIASES = 3
"""The longest chain of assignments that is followed from a list to its last name."""
TENSORS = 8
"""The most tensors that are passed under names of their own."""


def same(nodes: Sequence[ast.AST], lists: set[str]) -> set[str]:
    """All names of these lists: ``self.l = model.layers``, ``dense = [l for l in layers if l.trainable]``."""
    found = set(lists)
    for _ in range(ALIASES):
        for node in nodes:
            for target, value in assignments(node):
                if isinstance(target, ast.Name | ast.Attribute) and _list_in(value) in found:
                    found.add(ast.unparse(target))
    return found


def _list_in(value: ast.expr) -> str:
    """The text of the list whose items an expression contains."""
    match value:
        case ast.Subscript(value=inside, slice=ast.Slice()):
            return _list_in(inside)
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inside]):
            return _list_in(inside)
        case ast.ListComp(elt=ast.Name(id=one), generators=[ast.comprehension(target=ast.Name(id=other), iter=inside)]):
            return _list_in(inside) if one == other else ""
    return ast.unparse(value)


def item_names(nodes: Sequence[ast.AST], lists: set[str]) -> Iterator[str]:
    """The names of the items of a list, without those of index and gradient.

    These are loop variables, ``layers[i]``, and variables to which that is assigned.
    """
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            yield from _items(node.target, node.iter, lists)
        elif _is_item(node, lists):
            yield ast.unparse(node)
        for target, value in assignments(node):
            if isinstance(target, ast.Name) and _is_item(value, lists):
                yield target.id


def _is_item(node: ast.AST, lists: set[str]) -> bool:
    """Whether an expression is an item of one of the lists, at an index that is not a constant."""
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp):
        return False
    return ast.unparse(node.value) in lists


def _items(target: ast.expr, source: ast.expr, lists: set[str]) -> Iterator[str]:
    """The variables of a loop that stand for items of one of the lists."""
    if (ast.unparse(source) in lists or _list_in(source) in lists) and isinstance(target, ast.Name):
        yield target.id
    if not isinstance(source, ast.Call) or not source.args:
        return
    match ast.unparse(source.func):
        case "enumerate" if isinstance(target, ast.Tuple) and len(target.elts) == 2:
            yield from _items(target.elts[1], source.args[0], lists)
        case "zip" if isinstance(target, ast.Tuple):
            for part, of in zip(target.elts, source.args, strict=False):
                yield from _items(part, of, lists)
        case "reversed" | "list" | "tuple":
            yield from _items(target, source.args[0], lists)


def tuple_roles(nodes: Sequence[ast.AST], names: set[str]) -> tuple[str, ...]:
    """The roles of the parts of each item in a list of tuples, by a loop's variables; () if it has no tuples.

    ``for w, grad in pairs`` has ("params", "grads"), ``for name, p in named_parameters`` has ("key", "params").
    """
    if not names:
        return ()
    loops = [node for node in nodes if isinstance(node, ast.For | ast.comprehension)]
    targets = [tuple(target.elts) for node in loops for target in _targets(node.target, node.iter, names)]
    found = [tuple(map(_entry, target)) for target in (*targets, *_unpacked(nodes, {*item_names(nodes, names)}))]
    found = [known for known in found if all(known) and "params" in known and len(set(known)) == len(known)]
    return max(found, key=lambda known: "grads" in known, default=())


def _unpacked(nodes: Sequence[ast.AST], items: set[str]) -> Iterator[tuple[ast.expr, ...]]:
    """The names to which the parts of items are assigned: ``w, grad = pair``, ``w = pair[0]; grad = pair[1]``."""
    parts: dict[int, ast.expr] = {}
    for node in nodes:
        for target, value in assignments(node):
            if isinstance(target, ast.Tuple) and ast.unparse(value) in items:
                yield tuple(target.elts)
            match value:
                case ast.Subscript(value=one, slice=ast.Constant(value=int(place))) if ast.unparse(one) in items:
                    parts.setdefault(place, target)
    if parts and sorted(parts) == list(range(len(parts))):
        yield tuple(parts[place] for place in sorted(parts))


def _targets(target: ast.expr, source: ast.expr, names: set[str]) -> Iterator[ast.Tuple]:
    """The tuples into which a loop unpacks the items."""
    if ast.unparse(source) in names and isinstance(target, ast.Tuple):
        yield target
    if isinstance(source, ast.Call) and source.args and isinstance(target, ast.Tuple):
        match ast.unparse(source.func):
            case "enumerate" if len(target.elts) == 2:
                yield from _targets(target.elts[1], source.args[0], names)
            case "zip":
                for part, of in zip(target.elts, source.args, strict=False):
                    yield from _targets(part, of, names)


_ENTRIES = {"key": ("n", "_", "k", "nm"), "params": ("v",)}
"""Names with another meaning in a tuple than in a signature."""


def _entry(part: ast.expr) -> str:
    if not isinstance(part, ast.Name):
        return ""
    likely = ("key", "grads", "params")
    return next((role for role in likely if part.id in _ENTRIES.get(role, ()) or means(role, part.id)), "")


def keys_of(text: str, nodes: Sequence[ast.AST], names: set[str]) -> tuple[str, ...]:
    """The names of the tensors in a dict or a list, if the text takes each of them out by its own name; else ().

    These are constant keys, or the variables to which it is unpacked: ``w1, b1, w2, b2 = parameters.values()``.
    """
    if not names:
        return ()
    some = rf"(?<![\w.])(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})"
    unpacked = re.search(rf"^\s*\(?(\w+(?:, \w+)+)\)? = {some}(\.values\(\))?$", text, re.MULTILINE)
    found = unpacked[1].split(", ") if unpacked else []
    for node in nodes:
        match node:
            case ast.For(target=ast.Name(id=key), iter=ast.List() | ast.Tuple() as listed) if not unpacked:
                words = [part.value for part in listed.elts if isinstance(part, ast.Constant)]
                if re.search(rf"{some}\[{key}\]", text):
                    found += [word for word in words if isinstance(word, str)]
    found += [] if unpacked else re.findall(rf"{some}\['(\w+)'\]", text)
    keys = tuple(dict.fromkeys(found))
    return keys if 2 <= len(keys) <= TENSORS else ()


def nested(nodes: Sequence[ast.AST], names: set[str]) -> bool:
    """Whether the items of a list are lists themselves, by a nested loop."""
    items = set(item_names(nodes, names))
    return any(isinstance(node, ast.For | ast.comprehension) and set(item_names([node], items)) for node in nodes)
