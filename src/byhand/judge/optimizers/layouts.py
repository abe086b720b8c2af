"""The interface that a text uses for layers, models and other objects with tensors, by the table of interfaces."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from byhand.judge.optimizers.conditions import EXTRA, begun_elsewhere, classes, conditions, flags
from byhand.judge.optimizers.interfaces import (
    HANDED,
    INTERFACES,
    LAYERS,
    LISTED,
    MOST,
    NAMED,
    OF_A_TENSOR,
    PREFIXES,
    SUFFIXES,
    Form,
    Interface,
    Layout,
)
from byhand.judge.optimizers.loops import item_names, nested, same, tuple_roles
from byhand.judge.optimizers.syntax import assignments, literal
from byhand.judge.optimizers.words import HYPER, roles


def layout(text: str, nodes: Sequence[ast.AST], role: str, names: Iterable[str], handed: bool) -> Layout | None:
    """The interface that a text uses for an object, or a list of objects, with one of these names; None if none."""
    own = set(names)
    if role != "model":
        return _layout(text, nodes, Layout(role, "", "list", "list", ()), own, handed)
    places = re.findall(rf"(?<![\w.])(?:{_any(own)})\.(\w+)(\(\)|(?![\w(]))", text)
    for within, call in dict.fromkeys(places):
        if LAYERS.search(within) or (call and LISTED.fullmatch(within)):
            model = Layout(role, within, "list", "list", (), called=bool(call))
            found = _layout(text, nodes, model, {f"{name}.{within}{call}" for name in own}, handed)
            # Parameters with attributes are objects of their own, which need no layout.
            if found and (found.form == "items" or not LISTED.fullmatch(within)):
                return found
    return _layout(text, nodes, Layout(role, "", "list", "list", ()), own, handed)


def _layout(text: str, nodes: Sequence[ast.AST], of: Layout, names: set[str], handed: bool) -> Layout | None:
    """The layout of one object, or of the items of a list, with one of these names; None if the text has none."""
    bases, first, every = names, 0, 1
    if of.several:
        places = {place for node in nodes for place in _sliced(node, names)}
        if len(places) > 1 or None in places:
            return None
        first, every = next(iter(places), None) or (0, 1)
        bases = {*item_names(nodes, same(nodes, names))}
    if not bases:
        return None
    tests = [(test, wanted) for node in nodes for test, wanted in conditions(node, bases)]
    kinds = {kind for test, wanted in tests for kind in classes(test, wanted, bases)}
    if len(kinds) > 1 or re.search(rf"\btype\((?:{_any(bases)})\)|(?<!\w)(?:{_any(bases)})\.__class__", text):
        return None
    for found in _forms(text, nodes, bases, handed):
        taken = {name for slot in found.slots for name in slot}
        needed = {name: value for test in tests for name, value in flags(*test, bases) if name not in taken}
        extra = {name: 0.0 for name in _members(text, nodes, bases) if EXTRA.search(name)}
        extra |= dict.fromkeys((*begun_elsewhere(nodes, text, bases), *_only_stored(text, nodes, bases)), 0.0)
        extra = {name: value for name, value in extra.items() if name not in taken}
        return replace(
            found,
            role=of.role,
            within=of.within,
            called=of.called or found.called,
            first=first,
            every=every,
            kind=kinds.pop() if kinds else "",
            picked=bool(tests),
            flags=tuple((extra | needed).items()),
        )
    return None


def _only_stored(text: str, nodes: Sequence[ast.AST], bases: set[str]) -> Iterator[str]:
    """The attributes of an object that the text stores and does not use: ``self.layers = model.layers``."""
    for node in nodes:
        for target, value in assignments(node):
            if isinstance(value, ast.Attribute) and ast.unparse(value.value) in bases:
                once = len(re.findall(rf"(?<![\w.]){re.escape(ast.unparse(target))}(?!\w)", text)) == 1
                yield from [value.attr] * once


def _sliced(node: ast.AST, lists: set[str]) -> Iterator[tuple[int, int] | None]:
    """Start and step of a slice of one of the lists; None for a slice of another form."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and ast.unparse(node.value) in lists:
        lower, step = literal(node.slice.lower) or 0, literal(node.slice.step) or 1
        fits = node.slice.upper is None and lower in (0, 1, 2) and step in (1, 2, 3, -1)
        yield (int(lower), max(1, int(step))) if fits else None


def own_layout(task: str, text: str, nodes: Sequence[ast.AST], handed: bool) -> Layout | None:
    """The layout of a method that updates tensors of its object, ``self.W1 -= lr * self.dW1``; None if it does not."""
    attributes = [n for n in nodes if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self"]
    names = list(dict.fromkeys(n.attr for n in sorted(attributes, key=lambda n: (n.lineno, n.col_offset))))
    moved = {n.attr for n in attributes if isinstance(n.ctx, ast.Store)}
    tensors = [name for name in names if name in moved and NAMED.fullmatch(name)]
    options = {name: next((r for r in roles(task, name, True) if r in HYPER), "") for name in names}
    options = {name: role for name, role in options.items() if role and name not in moved}
    if tensors:
        pairs = [(name, HANDED if handed else _gradient(name, names)) for name in tensors]
        known = {name for pair in pairs for name in pair} | options.keys()
        if 2 <= len(pairs) <= MOST and known - {HANDED} == set(names) and handed == all(not g for _, g in pairs):
            return Layout("self", "", "attributes", "attributes", tuple(pairs), tuple(options.items()))
        return None
    for found in _forms(text, nodes, {"self"}, handed):
        if found.form in ("dict", "list", "method") and {*found.slots[0], *options} - {HANDED} == set(names):
            return replace(found, role="self", options=tuple(options.items()))
    return None


def tensor_gradient_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of tensor and gradient among separate parameters: ``(W1, b1, W2, b2, dW1, db1, dW2, db2, lr)``."""
    found = [(name, _gradient(name, names)) for name in names if NAMED.fullmatch(name)]
    return [pair for pair in found if pair[1]]


def paired_keys(tensors: Sequence[str], gradients: Sequence[str]) -> tuple[tuple[str, int], ...]:
    """The names of the gradients in their order, each with the index of its tensor; () if the names do not fit.

    Gradients whose names the text puts together, or forgets, follow last, named as the others.
    """
    lowered = [tensor.lower() for tensor in tensors]
    for pattern in ("{}", *OF_A_TENSOR.split()):
        known = [pattern.format(tensor) for tensor in lowered]
        if gradients and all(gradient.lower() in known for gradient in gradients):
            found = [(gradient, known.index(gradient.lower())) for gradient in gradients]
            rest = [i for i in range(len(tensors)) if i not in {place for _, place in found}]
            return (*found, *((pattern.format(tensors[i]), i) for i in rest))
    return tuple((gradient, i) for i, gradient in enumerate(gradients)) if len(gradients) == len(tensors) else ()


def _gradient(tensor: str, names: Sequence[str]) -> str:
    """The name of a tensor's gradient among these names, "" if there is none."""
    patterns = OF_A_TENSOR.split()
    return next((name for pattern in patterns if (name := pattern.format(tensor)) in names), HANDED)


def _forms(text: str, nodes: Sequence[ast.AST], bases: set[str], handed: bool) -> Iterator[Layout]:
    """The forms, without role, in which objects of these names may have tensors and gradients."""
    members = _members(text, nodes, bases)
    if attributes := _attributes(members, handed):
        yield Layout("", "", "attributes", "attributes", attributes)
        return
    collections = next(row for row in INTERFACES if row.form == "dict")
    if not handed:
        yield from _beside_a_dict(text, bases, members, collections.gradients.split())
    for tensor, gradient in _pairs(collections, members, handed)[:1]:
        form = _collection(text, bases, tensor, members[tensor])
        kind = _collection(text, bases, gradient, members[gradient]) if gradient else form
        kind = "dict" if form == "dict" and kind == "list" else kind
        keys = _keys(text, bases, tensor) if form == "dict" else ()
        beside = _keys(text, bases, gradient) if kind == "dict" and gradient else ()
        fit = len(keys) == len(beside) or not gradient
        listed = form == "method" and nested(nodes, {f"{base}.{tensor}()" for base in bases})
        found = Layout("", "", form, kind, ((tensor, gradient),), nested=listed)
        yield replace(found, keys=keys * fit, gradient_keys=beside * fit)
    items = dict.fromkeys(_keys(text, bases), False)
    if re.search(rf"(?<![\w.])(?:{_any(bases)})\[(?!')", text):
        items |= dict.fromkeys(_joined(nodes), False)
    if kept := _attributes(items, handed) or tuple(_pairs(INTERFACES[-1], items, handed)[:1]):
        yield Layout("", "", "items", "items", kept)
    for name, called in () if handed else members.items():
        order = tuple_roles(nodes, {f"{base}.{name}{'()' * called}" for base in bases})
        if {"params", "grads"} <= {*order}:
            yield Layout("", "", "pairs", "pairs", ((name, name),), called=called, order=order)


def _attributes(members: Mapping[str, bool], handed: bool) -> tuple[tuple[str, str], ...]:
    """Tensors with their gradients among the attributes of an object, or the keys of a dict, one for each row."""
    rows = [row for row in INTERFACES if row.form == "attributes"]
    return tuple(pair for row in rows for pair in _pairs(row, members, handed)[:1])


def _pairs(row: Interface, members: Mapping[str, bool], handed: bool) -> list[tuple[str, str]]:
    """The names of a row that occur: pairs of tensor and gradient."""
    return [
        (tensor, gradient)
        for tensor in row.tensors.split()
        for word, pattern in product(dict.fromkeys((tensor, *row.short.split())), row.gradients.split())
        if tensor in members and (gradient := HANDED if handed else pattern.format(word)) in {*members, HANDED}
    ]


def _beside_a_dict(text: str, bases: set[str], members: Mapping[str, bool], words: Sequence[str]) -> Iterator[Layout]:
    """Tensors that are attributes beside a dict of gradients: ``layer.W -= lr * layer.grads["W"]``."""
    for word in words:
        keys = {key: key for key in _keys(text, bases, word)} if members.get(word) is False else {}
        named = _attributes(dict.fromkeys(members, False) | dict.fromkeys(keys, False), False)
        tensors = {name: key for name, key in named if name in members and key in keys}
        tensors |= {
            name: name for row in INTERFACES[:2] for name in row.tensors.split() if name in {*members} & {*keys}
        }
        if tensors:
            slots = tuple((name, word) for name in tensors)
            yield Layout("", "", "attributes", "dict", slots, gradient_keys=tuple(tensors.values()))


def _keys(text: str, bases: set[str], word: str = "") -> tuple[str, ...]:
    """The constant keys of an attribute of an object, or of the object itself, in the order of the text."""
    held = rf"(?<![\w.])(?:{_any(bases)})" + (rf"\.{word}" if word else "")
    return tuple(dict.fromkeys(re.findall(rf"{held}\['(\w+)'\]", text)))


def _collection(text: str, bases: set[str], word: str, called: bool) -> Form:
    """How an object holds its tensors: in a list, a dict, or as the result of a method."""
    if called:
        return "method"
    held = rf"(?<![\w.])(?:{_any(bases)})\.{word}"
    keyed = rf"{held}(\.(keys|items|values)\(|\[['\"])|for (?P<key>\w+) in {held}:(?=(.|\n)*{held}\[(?P=key)\])"
    return "dict" if re.search(keyed, text) else "list"


def _members(text: str, nodes: Sequence[ast.AST], bases: set[str]) -> dict[str, bool]:
    """The attributes of an object that are accessed, directly or by ``getattr``, and whether they are called."""
    accesses = re.finditer(rf"(?<![\w.])(?:{_any(bases)})\.(\w+)(\()?", text)
    found = {match[1]: bool(match[2]) for match in accesses}
    if re.search(rf"getattr\((?:{_any(bases)}),", text):
        found |= dict.fromkeys(_joined(nodes), False)
    return found


def _joined(nodes: Sequence[ast.AST]) -> Iterator[str]:
    """The names among the strings of a text, alone and joined to a prefix or suffix of gradients."""
    words = {node.value: None for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    for word in filter(str.isidentifier, words):
        yield word
        yield from (part + word for part in PREFIXES if part in words)
        yield from (word + part for part in SUFFIXES if part in words)


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
