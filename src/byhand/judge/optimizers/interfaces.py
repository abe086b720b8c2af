"""The interfaces of layers, models and other objects that keep tensors together with their gradients, as a table.

A row has the names under which an object has the two, and how they are accessed. A new interface needs only a new row,
or a new word in a row.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

from byhand.judge.optimizers.syntax import assignments, literal
from byhand.judge.optimizers.words import HYPER, means, roles

Form = Literal["attributes", "dict", "list", "method"]
ALIASES = 3
"""The longest chain of assignments that is followed from a list to its last name."""
MOST = 6
"""The most tensors of a network whose own method updates them."""
HANDED = ""
"""In place of the name of a gradient: the gradient is passed as an argument."""


@dataclass(frozen=True)
class Interface:
    """The names under which an object has tensors and gradients."""

    form: Form
    tensors: str
    """Names of the tensors, likely ones first."""
    gradients: str
    """Names of the gradients; ``{}`` stands for the name of the tensor, or for one of ``short``."""
    short: str = ""
    """Further names that ``{}`` may stand for."""


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
"""The table. Instead of a dict it may be a list, or the result of a method, which the program's text shows."""
NAMED = re.compile(r"(?:W|w|b|weights?|bias|biases|theta|kernel)_?\d*(?:_?[hio])?|权重\d*|偏置\d*")
"""Attributes in which a network or a layer keeps tensors of its own."""
PREFIXES = ("d", "d_", "grad_", "grad")
"""Prefixes that a text may join to the name of a tensor: ``getattr(layer, "d" + name)``."""
LAYERS = re.compile(r"layers|blocks|modules|各层")
"""Attributes of a model that list its layers."""


@dataclass(frozen=True)
class Layout:
    """Where the objects of a program have their tensors and gradients."""

    role: str
    """The role of the argument: layer, layers or model; "self" for the object whose method the program is."""
    within: str
    """The attribute of a model that lists its layers, "" if it has the tensors itself."""
    form: Form
    gradients: Form
    """The form of the gradients, if the objects have them too."""
    slots: tuple[tuple[str, str], ...]
    """Names of tensor and gradient: a pair for each attribute, else one pair for all tensors."""
    options: tuple[tuple[str, str], ...] = ()
    """Attributes that hold hyperparameters, and their roles."""
    first: int = 0
    """The index of the first layer in the model's list, if the text skips others."""
    every: int = 1
    """The step from each layer to the next in that list."""
    kind: str = ""
    """The class of the layers that the text selects, "" if it selects none by class."""
    picked: bool = False
    """Whether the text tests a condition on a layer before it updates it."""

    @property
    def several(self) -> bool:
        """Whether there is more than one object."""
        return self.role == "layers" or bool(self.within)

    @property
    def handed(self) -> bool:
        """Whether the gradients are passed as arguments."""
        return self.slots[0][1] == HANDED

    @property
    def each(self) -> int:
        """The number of tensors of one object."""
        return len(self.slots) if self.form == "attributes" else 2

    @property
    def count(self) -> int:
        """The number of tensors in probes: two layers, to find state that is wrongly shared between layers."""
        return 2 * self.each if self.several else self.each

    def among(self, layers: Sequence[object], other: object) -> list[object]:
        """The model's list of layers, with as many others between them as the text skips: ``model.layers[::2]``."""
        found = [other] * self.first
        for one in layers:
            found += [one] + [other] * (self.every - 1)
        return found


def layout(text: str, nodes: Sequence[ast.AST], role: str, names: Iterable[str], handed: bool) -> Layout | None:
    """The interface that a text uses for an object, or a list of objects, with one of these names; None if none."""
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
    members = _members(text, nodes, bases)
    for form, gradients, slots in _slots(text, bases, members, handed):
        return Layout(role, within, form, gradients, slots, (), first, every, kind, bool(tests))
    return None


def _tests(node: ast.AST, bases: set[str]) -> Iterator[tuple[ast.expr, bool]]:
    """The conditions on a layer, each with whether layers are updated for which it holds."""
    found: list[tuple[ast.expr, bool]] = []
    if isinstance(node, ast.comprehension):
        found = [(test, True) for test in node.ifs]
    if isinstance(node, ast.If):
        found = [(node.test, not isinstance(node.body[0], ast.Continue))]
    for test, wanted in found:
        if any(ast.unparse(part) in bases for part in ast.walk(test) if isinstance(part, ast.expr)):
            yield test, wanted


def _picked(test: ast.expr, wanted: bool, bases: set[str]) -> Iterator[str]:
    """The classes that a condition requires of a layer that is updated; not the classes that it excludes."""
    match test:
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield from _picked(operand, not wanted, bases)
        case ast.BoolOp(values=values):
            for value in values:
                yield from _picked(value, wanted, bases)
        case ast.Call(func=ast.Name(id="isinstance"), args=[one, kind]) if ast.unparse(one) in bases and wanted:
            yield ast.unparse(kind.elts[0] if isinstance(kind, ast.Tuple) and kind.elts else kind)


def _same(nodes: Sequence[ast.AST], lists: set[str]) -> set[str]:
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
        found = [(name, HANDED if handed else _gradient(name, names)) for name in tensors]
        known = {name for pair in found for name in pair} | options.keys()
        if 2 <= len(found) <= MOST and known - {HANDED} == set(names) and handed == all(not g for _, g in found):
            return Layout("self", "", "attributes", "attributes", tuple(found), tuple(options.items()))
        return None
    for form, gradients, slots in _slots(text, {"self"}, _members(text, nodes, {"self"}), handed):
        if {*slots[0], *options} - {HANDED} == set(names):
            return Layout("self", "", form, gradients, slots, tuple(options.items()))
    return None


def tensor_gradient_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of tensor and gradient among separate parameters: ``(W1, b1, W2, b2, dW1, db1, dW2, db2, lr)``."""
    found = [(name, _gradient(name, names)) for name in names if NAMED.fullmatch(name)]
    return [pair for pair in found if pair[1]]


def _gradient(tensor: str, names: Sequence[str]) -> str:
    """The name of a tensor's gradient among these names, "" if there is none."""
    patterns = INTERFACES[0].gradients.split()
    return next((name for pattern in patterns if (name := pattern.format(tensor)) in names), HANDED)


def _slots(
    text: str, bases: set[str], members: dict[str, bool], handed: bool
) -> Iterator[tuple[Form, Form, tuple[tuple[str, str], ...]]]:
    """The rows of the table whose names occur; ``members`` has the names that occur, and whether they are called."""
    attributes = []
    for row in INTERFACES:
        pairs = [
            (tensor, gradient)
            for tensor in row.tensors.split()
            for word, pattern in product(dict.fromkeys((tensor, *row.short.split())), row.gradients.split())
            if tensor in members and (gradient := HANDED if handed else pattern.format(word)) in {*members, HANDED}
        ]
        if row.form == "attributes":
            attributes += pairs[:1]
        elif attributes:
            break
        else:
            for tensor, gradient in pairs[:1]:
                form = _collection(text, bases, tensor, members[tensor])
                kind = _collection(text, bases, gradient, members[gradient]) if gradient else form
                yield form, "dict" if form == "dict" and kind == "list" else kind, ((tensor, gradient),)
    if attributes:
        yield "attributes", "attributes", tuple(attributes)


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
        words = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
        short = [word for word in words if word.isidentifier()]
        joined = [part + word for part in PREFIXES if part in words for word in short]
        found |= dict.fromkeys((*short, *joined), False)
    return found


def _loop_names(nodes: Sequence[ast.AST], lists: set[str]) -> Iterator[str]:
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
    for node in nodes:
        if isinstance(node, ast.For | ast.comprehension):
            for target in _targets(node.target, node.iter, names):
                known = tuple(_entry(part) for part in target.elts)
                if all(known) and "params" in known and len(set(known)) == len(known):
                    return known
    return ()


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


def nested(nodes: Sequence[ast.AST], names: set[str]) -> bool:
    """Whether the items of a list are lists themselves, by a nested loop."""
    items = set(_loop_names(nodes, names))
    return any(isinstance(node, ast.For | ast.comprehension) and set(_loop_names([node], items)) for node in nodes)


def _any(names: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(names, key=len, reverse=True)))
