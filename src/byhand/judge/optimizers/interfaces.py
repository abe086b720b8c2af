"""Objects in which programs keep tensors beside their gradients: layers, models, and their own attributes, as a table.

A row says under which names an object has the two, and how it is asked for them. Another interface is another row, or
another word in one; nothing else needs to know of it.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from byhand.judge.optimizers.syntax import assignments, spelled
from byhand.judge.optimizers.words import HYPER, means, roles

Form = Literal["attributes", "dict", "list", "method"]
ALIASES = 3
"""Names that a list has one after the other."""
MOST = 6
"""Tensors of a network that a method of its own moves."""
HANDED = ""
"""In place of the name of a gradient: it is handed over beside the object."""


@dataclass(frozen=True)
class Interface:
    """Names of what an object has."""

    form: Form
    tensors: str
    """Words for what holds the numbers; likely ones first."""
    gradients: str
    """Words for what holds their gradients; ``{}`` is the word of the tensor itself, or one of ``short``."""
    short: str = ""
    """Words that stand for the tensor in the name of its gradient, beside its own."""


_OF_A_TENSOR = "d{} d_{} grad_{} {}_grad grad{} {}grad {}_gradient gradient_{} dLd{} dL_d{} dl_d{} dJd{} dJ_d{}"
INTERFACES = (
    Interface("attributes", "W w weights weight kernel gamma", _OF_A_TENSOR, "W w weights weight"),
    Interface("attributes", "b biases bias beta B", _OF_A_TENSOR, "b B biases bias"),
    Interface(
        "dict",
        "params parameters weights variables get_params get_parameters trainable_params trainable_variables "
        "trainable_weights",
        "grads gradients param_grads params_grads parameter_grads dparams grad get_grads get_gradients",
    ),
)
"""Rows; a dict may as well be a list, or what a method hands back, which the text tells."""
NAMED = re.compile(r"(?:W|w|b|weights?|bias|biases|theta|kernel)_?\d*(?:_?[hio])?|权重\d*|偏置\d*")
"""Attributes in which a network or a layer keeps tensors of its own."""
PREFIXES = ("d", "d_", "grad_", "grad")
"""What a text may put before the name of a tensor: ``getattr(layer, "d" + name)``."""
LAYERS = re.compile(r"layers|blocks|modules|各层")
"""Attributes of a model that list its layers."""


@dataclass(frozen=True)
class Layout:
    """Where one program's objects have their tensors and gradients."""

    role: str
    """Of what is handed over: layer, layers, model; "self" for the program's own object."""
    within: str
    """The attribute of a model that lists its layers, "" if it has the tensors itself."""
    form: Form
    gradients: Form
    """Of the gradients, where they are in the objects too."""
    slots: tuple[tuple[str, str], ...]
    """Names of tensor and gradient: of each tensor an attribute, else one pair for all."""
    options: tuple[tuple[str, str], ...] = ()
    """Attributes that hold hyperparameters, and their roles."""
    first: int = 0
    """The place of the first layer in a model's list of them, where the text leaves others out."""
    every: int = 1
    """How far its layers are apart there."""
    kind: str = ""
    """The class of the layers that the text picks, "" if it does not ask for one."""
    picked: bool = False
    """Whether the text asks something of a layer before it moves it."""

    @property
    def several(self) -> bool:
        """Whether there is more than one object."""
        return self.role == "layers" or bool(self.within)

    @property
    def handed(self) -> bool:
        """Whether the gradients are no part of the objects."""
        return self.slots[0][1] == HANDED

    @property
    def each(self) -> int:
        """Tensors of one object."""
        return len(self.slots) if self.form == "attributes" else 2

    @property
    def count(self) -> int:
        """Tensors that the program is tried with: two layers show what is kept once for all of them."""
        return 2 * self.each if self.several else self.each

    def among(self, layers: Sequence[object], other: object) -> list[object]:
        """The layers of a model, between as many others as the text leaves out: ``model.layers[::2]``."""
        found = [other] * self.first
        for one in layers:
            found += [one] + [other] * (self.every - 1)
        return found


def layout(text: str, nodes: Sequence[ast.AST], role: str, names: Iterable[str], handed: bool) -> Layout | None:
    """The interface that a text speaks of, for an object or a list under one of these names; None if it is none."""
    bases, within, first, every = set(names), "", 0, 1
    if role == "model":
        for word in re.findall(rf"(?<![\w.])(?:{_any(bases)})\.(\w+)(?![\w(])", text):
            within = within or (word if LAYERS.search(word) else "")
    if role == "layers" or within:
        lists = {f"{name}.{within}" if within else name for name in bases}
        places = {place for node in nodes for place in _sliced(node, lists)}
        if len(places) > 1 or None in places:
            return None
        first, every = next(iter(places), None) or (0, 1)
        bases = {*_loop_names(nodes, _same(nodes, lists))}
    if not bases:
        return None
    tests = [(test, wanted) for node in nodes for test, wanted in _tests(node, bases)]
    kinds = {kind for test, wanted in tests for kind in _picked(test, wanted, bases)}
    if len(kinds) > 1 or re.search(rf"\btype\((?:{_any(bases)})\)|(?<!\w)(?:{_any(bases)})\.__class__", text):
        return None
    kind = kinds.pop() if kinds else ""
    there = _members(text, nodes, bases)
    for form, gradients, slots in _slots(text, bases, there, handed):
        return Layout(role, within, form, gradients, slots, (), first, every, kind, bool(tests))
    return None


def _tests(node: ast.AST, bases: set[str]) -> Iterator[tuple[ast.expr, bool]]:
    """Conditions on a layer, each with whether those are moved for which it holds."""
    found: list[tuple[ast.expr, bool]] = []
    if isinstance(node, ast.comprehension):
        found = [(test, True) for test in node.ifs]
    if isinstance(node, ast.If):
        found = [(node.test, not isinstance(node.body[0], ast.Continue))]
    for test, wanted in found:
        if any(ast.unparse(part) in bases for part in ast.walk(test) if isinstance(part, ast.expr)):
            yield test, wanted


def _picked(test: ast.expr, wanted: bool, bases: set[str]) -> Iterator[str]:
    """The classes of which a condition asks that a layer is one, so as to move it; not those that it leaves out."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _picked(operand, not wanted, bases)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _picked(value, wanted, bases)
        case ast.Call(func=ast.Name(id="isinstance"), args=[one, kind]) if ast.unparse(one) in bases and wanted:
            yield ast.unparse(kind.elts[0] if isinstance(kind, ast.Tuple) and kind.elts else kind)


def _same(nodes: Sequence[ast.AST], lists: set[str]) -> set[str]:
    """These lists under all their names: ``self.l = model.layers``, ``dense = [l for l in layers if l.trainable]``."""
    found = set(lists)
    for _ in range(ALIASES):
        for node in nodes:
            for target, value in assignments(node):
                if isinstance(target, ast.Name | ast.Attribute) and _list_in(value) in found:
                    found.add(ast.unparse(target))
    return found


def _list_in(value: ast.expr) -> str:
    """The list that an expression has the items of, as its text."""
    match value:
        case ast.Subscript(value=inside, slice=ast.Slice()):
            return _list_in(inside)
        case ast.Call(func=ast.Name(id="list" | "tuple"), args=[inside]):
            return _list_in(inside)
        case ast.ListComp(elt=ast.Name(id=one), generators=[ast.comprehension(target=ast.Name(id=other), iter=inside)]):
            return _list_in(inside) if one == other else ""
    return ast.unparse(value)


def _sliced(node: ast.AST, lists: set[str]) -> Iterator[tuple[int, int] | None]:
    """Where a slice of one of the lists begins and how far its items are apart; None for another slice."""
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Slice) and ast.unparse(node.value) in lists:
        lower, step = spelled(node.slice.lower) or 0, spelled(node.slice.step) or 1
        fits = node.slice.upper is None and lower in (0, 1, 2) and step in (1, 2, 3, -1)
        yield (int(lower), max(1, int(step))) if fits else None


def own_layout(task: str, text: str, nodes: Sequence[ast.AST], handed: bool) -> Layout | None:
    """That of a method which moves tensors of its own object, ``self.W1 -= lr * self.dW1``; None if it is none."""
    asked = [n for n in nodes if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self"]
    names = list(dict.fromkeys(n.attr for n in sorted(asked, key=lambda n: (n.lineno, n.col_offset))))
    moved = {n.attr for n in asked if isinstance(n.ctx, ast.Store)}
    tensors = [name for name in names if name in moved and NAMED.fullmatch(name)]
    options = {name: next((r for r in roles(task, name, True) if r in HYPER), "") for name in names}
    options = {name: role for name, role in options.items() if role and name not in moved}
    if tensors:
        found = [(name, HANDED if handed else _gradient(name, names)) for name in tensors]
        known = {name for pair in found for name in pair} | options.keys()
        if 2 <= len(found) <= MOST and known - {HANDED} == set(names) and handed == all(not g for _, g in found):
            return Layout("self", "", "attributes", "attributes", tuple(found), tuple(options.items()))
        return None
    for form, gradients, slots in _slots(text, {"self"}, _members(text, nodes, {"self"}), handed):
        if {*slots[0], *options} - {HANDED} == set(names):
            return Layout("self", "", form, gradients, slots, tuple(options.items()))
    return None


def named(names: Sequence[str]) -> list[tuple[str, str]]:
    """Tensors that are handed over one by one, each with its gradient: ``(W1, b1, W2, b2, dW1, db1, dW2, db2, lr)``."""
    found = [(name, _gradient(name, names)) for name in names if NAMED.fullmatch(name)]
    return [pair for pair in found if pair[1]]


def _gradient(tensor: str, names: Sequence[str]) -> str:
    """The name of a tensor's gradient among these, "" if there is none."""
    patterns = INTERFACES[0].gradients.split()
    return next((name for pattern in patterns if (name := pattern.format(tensor)) in names), HANDED)


def _slots(
    text: str, bases: set[str], there: dict[str, bool], handed: bool
) -> Iterator[tuple[Form, Form, tuple[tuple[str, str], ...]]]:
    """The rows of the table whose words are there; ``there`` says of each word whether it is called."""
    attributes = []
    for row in INTERFACES:
        pairs = [
            (tensor, gradient)
            for tensor in row.tensors.split()
            for word, pattern in product(dict.fromkeys((tensor, *row.short.split())), row.gradients.split())
            if tensor in there and (gradient := HANDED if handed else pattern.format(word)) in {*there, HANDED}
        ]
        if row.form == "attributes":
            attributes += pairs[:1]
        elif attributes:
            break
        else:
            for tensor, gradient in pairs[:1]:
                form = _collection(text, bases, tensor, there[tensor])
                kind = _collection(text, bases, gradient, there[gradient]) if gradient else form
                yield form, "dict" if form == "dict" and kind == "list" else kind, ((tensor, gradient),)
    if attributes:
        yield "attributes", "attributes", tuple(attributes)


def _collection(text: str, bases: set[str], word: str, called: bool) -> Form:
    """Whether all tensors of an object are in a list or a dict, or are handed back by a method."""
    if called:
        return "method"
    held = rf"(?<![\w.])(?:{_any(bases)})\.{word}"
    keyed = rf"{held}(\.(keys|items|values)\(|\[['\"])|for (?P<key>\w+) in {held}:(?=(.|\n)*{held}\[(?P=key)\])"
    return "dict" if re.search(keyed, text) else "list"


def _members(text: str, nodes: Sequence[ast.AST], bases: set[str]) -> dict[str, bool]:
    """What an object is asked for, by attribute or by ``getattr``, and whether that is called."""
    asked = re.finditer(rf"(?<![\w.])(?:{_any(bases)})\.(\w+)(\()?", text)
    found = {match[1]: bool(match[2]) for match in asked}
    if re.search(rf"getattr\((?:{_any(bases)}),", text):
        words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        short = [word for word in words if word.isidentifier()]
        joined = [part + word for part in PREFIXES if part in words for word in short]
        found |= dict.fromkeys((*short, *joined), False)
    return found


def _loop_names(nodes: Sequence[ast.AST], lists: set[str]) -> Iterator[str]:
    """The names under which a text has the items of a list: the item itself, not its number or its gradients.

    That of a loop, ``layers[i]``, and what that is assigned to.
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
    """Whether an expression is an item of one of the lists, by a number that is not written out."""
    if not isinstance(node, ast.Subscript) or isinstance(node.slice, ast.Slice | ast.Constant | ast.UnaryOp):
        return False
    return ast.unparse(node.value) in lists


def _items(target: ast.expr, source: ast.expr, lists: set[str]) -> Iterator[str]:
    """Names in a loop's target that stand for items of one of the lists that it goes through."""
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


def entries(nodes: Sequence[ast.AST], names: set[str]) -> tuple[str, ...]:
    """What the items of a list of tuples are, in their order, by the names that a loop gives them; () for no tuples.

    ``for w, grad in pairs`` has ("params", "grads"), ``for name, p in named_parameters`` has ("key", "params").
    """
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            for target in _targets(node.target, node.iter, names):
                known = tuple(_entry(part) for part in target.elts)
                if all(known) and "params" in known and len(set(known)) == len(known):
                    return known
    return ()


def _targets(target: ast.expr, source: ast.expr, names: set[str]) -> Iterator[ast.Tuple]:
    """Tuples that a loop takes items apart into."""
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
"""Names that mean something else in a signature than in a tuple."""


def _entry(part: ast.expr) -> str:
    if not isinstance(part, ast.Name):
        return ""
    likely = ("key", "grads", "params")
    return next((role for role in likely if part.id in _ENTRIES.get(role, ()) or means(role, part.id)), "")


def nested(nodes: Sequence[ast.AST], names: set[str]) -> bool:
    """Whether the items of a list are lists themselves: a loop goes through them too."""
    items = set(_loop_names(nodes, names))
    return any(isinstance(node, ast.For | ast.comprehension) and set(_loop_names([node], items)) for node in nodes)


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
