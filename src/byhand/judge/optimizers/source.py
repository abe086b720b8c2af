"""How to call an optimizer, by the text of its definition: parameters and their roles, results, makers of states."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice

from byhand.judge.optimizers.facts import Facts, Function, settings
from byhand.judge.optimizers.handing_on import handed_on
from byhand.judge.optimizers.interfaces import Layout
from byhand.judge.optimizers.layouts import layout, own_layout, paired_keys, tensor_gradient_pairs
from byhand.judge.optimizers.loops import keys_of, nested, tuple_roles
from byhand.judge.optimizers.minimisers import global_gradient, minimiser
from byhand.judge.optimizers.shape import (
    GRADIENT,
    TENSOR,
    UNUSED,
    Maker,
    Parameter,
    Shape,
    function_set,
    returns,
    signature,
    with_first_role,
)
from byhand.judge.optimizers.syntax import assignments, empty, field_constructor, returned
from byhand.judge.optimizers.words import HYPER, METHODS, NEEDS, READY, STATES, ZERO_GRADS, averaged, means, mentioned

_INITIAL = re.compile(r"(?i)(^|_)(init|initial|initialize|initialise|create|make|zero|new)(_|$)|初始")
"""In the names of functions that make the initial state."""
_FRESH = re.compile(r"(?i)zeros?|ones|empty|init|len$")
"""In the name of a function whose result is not its argument."""
HELD = ("params", "layers", "model")
"""Roles of what a method takes that prepares an object for its steps."""
BASES = 4
"""How many constructors may hand on arguments, one to the next."""
MAKERS = 16
"""The most makers of a state that are tried."""
FEW = 40
"""Parameters of a function of which each may have its own use."""


def _of_graph(given: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The parameters of old Keras's ``get_updates(loss, params)``, or of a function for Theano; () for others."""
    meant = {p.name: "loss" if p.name in ("cost", "objective") else p.role for p in given}
    meant |= {p.name: p.name for p in given if p.name in ("loss", "constraints")}
    known = {"loss", "params"} <= {*meant.values()}
    return tuple(replace(p, role=meant[p.name]) for p in given) if known else ()


def _by_steps(node: Function, construct: tuple[Parameter, ...], stored: Mapping[str, str]) -> tuple[Parameter, ...]:
    """The constructor of an object that is given a gradient function, and calls it once in each step; () for others."""
    called = [ast.unparse(part.func) for part in ast.walk(node) if isinstance(part, ast.Call)]
    names = [stored[name.removeprefix("self.")] for name in called if name.removeprefix("self.") in stored]
    gradient = next((p.name for p in construct if p.name in names and means("gradient of", p.name)), "")
    if names.count(gradient) != 1 or len(node.args.args) > 1:
        return ()
    functions = {p.name for p in construct if p.name in names or means("objective", p.name)}
    found: list[Parameter] = []
    for p in construct:
        role = "gradient of" if p.name == gradient else "objective" if p.name in functions else p.role
        start = p.required and role == "" and not any(q.role == "params" for q in found)
        found.append(replace(p, role="params" if start else role))
    return tuple(found) if any(p.role == "params" for p in found) else ()


def _counts(made: tuple[Parameter, ...] | None, given: tuple[Parameter, ...]) -> bool:
    """Whether a minimiser is not told how many steps to run."""
    return all(p.role != "steps" for p in (*(made or ()), *given))


class Source(Facts):
    """The text of a definition, and how to call it."""

    @cached_property
    def shape(self) -> Shape | None:
        """How to call it; None if it can't be called as an optimizer."""
        placed = ((self._placed(self._one_by_one(shape, step), step), step) for shape, step in self._shapes())
        return next((shape for shape, step in placed if self._fits(shape, step)), None)

    def _shapes(self) -> Iterator[tuple[Shape, Function | None]]:
        """The ways to call it that its signatures and the use of its parameters suggest, each with its step."""
        node = self.definition.node
        found = self._of_function(node) if isinstance(node, Function) else self._of_class()
        yield from ((self._by_use(shape), step) for shape, step in found)

    @cached_property
    def refusal(self) -> str:
        """If it can't be called: the parameters without a known meaning, or the names of its methods."""
        node = self.definition.node
        for shape, step in self._shapes():
            unknown = [p.name for p in shape.parameters if p.required and not p.role and p.neutral is None]
            called = [*sorted(self._called(step))] if step and not shape.is_minimiser else []
            name = self.definition.name if step is None or step is node else f"{self.definition.name}.{step.name}"
            return f"{name}({', '.join(unknown or called or [p.name for p in shape.arguments])})"
        names = (part.name for root in self.classes for part in root.body if isinstance(part, Function))
        public = dict.fromkeys(name for name in names if not name.startswith("_"))
        return ", ".join(f"{self.definition.name}.{name}" for name in public) or self.definition.name

    def _by_use(self, shape: Shape) -> Shape:
        """The shape with roles for parameters that only their use tells: pairs with gradients, objects with options."""
        if len(shape.parameters) > FEW:  # each is looked for in the whole text
            return shape
        used = {}
        for p in shape.parameters:
            if p.required and p.role in ("", "config") and settings(self.task, self.text, {p.name}):
                used[p.name] = "" if any(maker.role == "config" for maker in shape.makers) else "settings"
        apart = shape.has("pairs") or shape.has("key") or (shape.has("grads") and shape.has("params"))
        for p in () if apart else shape.arguments:
            if p.required and p.role not in HYPER and "grads" in tuple_roles(self.nodes, {p.name}):
                used[p.name] = "pairs"
        return shape.with_roles({name: role for name, role in used.items() if role})

    def _one_by_one(self, shape: Shape, step: Function | None) -> Shape:
        """The shape with roles for tensors that are separate arguments, if there are more than w and b."""
        pairs = tensor_gradient_pairs([p.name for p in shape.arguments])
        kept = 0
        if self.is_method and (own := own_layout(self.task, self.text, self.nodes, handed=True)):
            mine = [name for name, _ in own.slots]
            names = [*mine, *(p.name for p in shape.arguments)]
            pairs = [pair for pair in tensor_gradient_pairs(names) if pair[0] in mine]
            kept = len(mine)
        if step is None or (len(pairs) < kept if kept else len(pairs) < 2 or (shape.has("bias") and len(pairs) == 2)):
            return shape
        meant = {tensor: f"{TENSOR}{i}" for i, (tensor, _) in enumerate(pairs)}
        meant |= {gradient: f"{GRADIENT}{i}" for i, (_, gradient) in enumerate(pairs)}
        given = tuple(replace(p, role=meant.get(p.name, p.role)) for p in shape.arguments)
        back = ((),) if kept else returns(self.task, step, given)
        return replace(shape, arguments=given, returns=back, named=len(pairs))

    def _placed(self, shape: Shape, step: Function | None) -> Shape:
        """The shape with the form of its arguments: objects, tuples, nested lists or single names, by the text."""
        params, grads = self._known_as(shape, "params", "pairs"), self._known_as(shape, "grads")
        both = bool(params and grads) and nested(self.nodes, params) and nested(self.nodes, grads)
        entries, layout = tuple_roles(self.nodes, params), self._layout(shape)
        shape = replace(shape, layout=layout, entries=entries, nested=both)
        keys, beside = (keys_of(self.text, self.nodes, names) for names in (params, grads))
        paired = paired_keys(keys, beside)
        if layout or entries or both or shape.named or (beside and not paired) or step is None:
            return shape
        whole = [n.value for n in ast.walk(step) if isinstance(n, ast.Return) and isinstance(n.value, ast.Tuple)]
        apart = keys and any(
            [ast.unparse(part).lower() for part in one.elts] == [*map(str.lower, keys)] for one in whole
        )
        back = (("params",),) if apart else shape.returns
        return replace(shape, keys=keys, gradient_keys=paired, returns=back)

    def _layout(self, shape: Shape) -> Layout | None:
        """The layout of layers or of a model among the arguments, or of the object whose method it is."""
        if self.is_method:
            return own_layout(self.task, self.text, self.nodes, shape.has("grads") or bool(shape.named))
        for role in ("layer", "layers", "model"):
            if names := self._known_as(shape, role):
                return layout(self.text, self.nodes, role, names, shape.has("grads"))
        names = self._known_as(shape, "params")  # which may be a list of layers
        if names and not shape.has("grads"):
            return layout(self.text, self.nodes, "layers", names, handed=False)
        return None

    def _known_as(self, shape: Shape, *roles: str) -> set[str]:
        """The names of the arguments with these roles, and of the attributes that store them."""
        names = shape.names(*roles)
        kept = set()
        for node in self.nodes:
            for target, value in assignments(node):
                used = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
                plain = isinstance(value, ast.Name | ast.Call | ast.ListComp)
                if isinstance(target, ast.Attribute) and ast.unparse(target.value) == "self" and plain and names & used:
                    kept.add(f"self.{target.attr}")
        return names | kept

    def _of_class(self) -> Iterator[tuple[Shape, Function | None]]:
        """For a class: a shape for each method that may do the step, with the method."""
        initial = self.method("__init__")
        construct = self._constructor(initial) if initial else ()
        if initial and initial not in ast.walk(self.definition.node) and field_constructor(self.classes[0]):
            construct = tuple(p for p in construct if p.required or p.role in READY.values() or p.role in HYPER)
        construct = tuple(replace(p, role="count") if p.role == "t" and p.required else p for p in construct)
        kept = (*STATES[self.task], "t", "state")  # their initial values are the class's own
        construct = tuple(replace(p, role="") if p.role in kept and not p.required else p for p in construct)
        if initial is None and self.is_optimizer_of_torch:
            construct = tuple(Parameter(name, role, None, name == "params") for name, role in READY.items())
            both = ("betas",) if "beta1" in NEEDS[self.task] else ()
            construct = tuple(p for p in construct if p.role in ("params", *both, *NEEDS[self.task]))
        setup = self._setup(construct)
        stored = {
            target.attr: value.id
            for node in self.nodes
            for target, value in assignments(node)
            if isinstance(target, ast.Attribute) and isinstance(value, ast.Name)
        }
        for name in self._step_names() or ["step"] * self.is_optimizer_of_torch:
            node = self.method(name)
            given = signature(self.task, node, first=1) if node else ()
            made, arguments = minimiser(self.task, node, construct, stored) if node else (None, ())
            if arguments:
                yield Shape(made, name, arguments, ((),), counts_itself=_counts(made, arguments)), node
            if node and (stepping := _by_steps(node, construct, stored)):
                yield Shape(stepping, name, (), ((),), stepwise=True), node
            if name == "get_updates" and (described := _of_graph(given)):
                yield Shape(construct, name, described, ((),), is_graph=True), node
                continue
            back = returns(self.task, node, given) if node else ((),)
            own_setup = setup if not given or all(p.role in HELD for p in setup[1] if p.required) else ("", ())
            found = Shape(construct, name, given, back, setup=own_setup, makers=self._makers((*construct, *given)))
            yield found, node
            yield from ((replace(found, feed=feed), node) for feed in self._feeds(found, node))

    def _constructor(self, initial: Function, depth: int = BASES) -> tuple[Parameter, ...]:
        """The parameters of a constructor, and of that of the base class to which it hands its own on."""
        own = signature(self.task, initial, first=1)
        handed = handed_on(initial)
        owners = [node for node in self.classes if initial in node.body]
        after = self.classes[self.classes.index(owners[0]) + 1 :] if owners else ()
        inherited = (part for node in after for part in node.body)
        base = next((p for p in inherited if isinstance(p, Function) and p.name == "__init__"), None)
        if handed is None or base is None or depth == 0:
            return own
        taken = {p.role for p in own if p.role} - {UNUSED}
        names = {p.name for p in own} | handed.keywords
        rest = self._constructor(base, depth - 1)[handed.given :]
        found = [replace(p, by_position=p.by_position or not handed.named) for p in rest if p.name not in names]
        found = [p for p in found if (handed.named or handed.listed) and (p.role not in taken or not p.required)]
        return (*(replace(p, role="" if p.role in taken else p.role) for p in found), *own)

    def _feeds(self, shape: Shape, step: Function | None) -> Iterator[tuple[str, tuple[Parameter, ...]]]:
        """The methods that may take the gradient in a call of their own before the step, with their signatures."""
        if step is None or shape.has("grads") or shape.has("pairs") or re.search(r"\.grad\b", self.text):
            return
        for node in (part for root in self.classes for part in root.body if isinstance(part, Function)):
            calls = rf"self\.{node.name}\(|super\(\)\.{node.name}\("
            apart = not re.search(calls, ast.unparse(step)) and f"self.{step.name}(" not in ast.unparse(node)
            kept = any(isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self" for n in ast.walk(node))
            if node.name.startswith("_") or node.name in (step.name, *ZERO_GRADS) or not apart or not kept:
                continue
            given = signature(self.task, node, first=1)
            if given and not any(p.role == "grads" for p in given) and means("delta", given[0].name):
                given = with_first_role("grads", given)
            if any(p.role == "grads" for p in given) and all(p.role for p in given if p.required):
                yield node.name, given

    def _step_names(self) -> list[str]:
        """Methods that may do the step: by name, or the only public method of a class named after an optimizer."""
        known = [name for name in METHODS if self.method(name)]
        if known or not mentioned(self.definition.name):
            return known
        names = [part.name for node in self.classes for part in node.body if isinstance(part, Function)]
        public = [name for name in dict.fromkeys(names) if not name.startswith("_") and name not in ZERO_GRADS]
        return public if len(public) == 1 else []

    def _setup(self, construct: Sequence[Parameter]) -> tuple[str, tuple[Parameter, ...]]:
        """The method ``setup`` with its parameters, if the constructor does not take the tensors."""
        node = self.method("setup")
        if node is None or any(p.role in ("params", "model") for p in construct):
            return "", ()
        return "setup", signature(self.task, node, first=1)

    def _of_function(self, node: Function) -> Iterator[tuple[Shape, Function | None]]:
        """For a function: shapes, each with the function that does the step, which may be an inner one."""
        arguments = signature(self.task, node)
        if (shape := function_set(self.task, node, arguments, self.constructors)) is not None:
            yield shape, None
        match returned(node):
            case ast.FunctionDef() as inner:
                given = signature(self.task, inner)
                yield Shape(arguments, "__call__", given, returns(self.task, inner, given), is_factory=True), inner
            case ast.Call():
                yield Shape(arguments, "step", (), ((),), is_factory=True), None
            case _:
                if given := minimiser(self.task, node)[1]:
                    found = Shape(None, self.definition.name, given, ((),), counts_itself=_counts(None, given))
                    here = any(p.role in ("gradient of", "minimised") for p in given)
                    yield replace(found, global_gradient="" if here else global_gradient(node)), node
                if "theano" in self.definition.imports and (described := _of_graph(arguments)):
                    yield Shape(None, self.definition.name, described, ((),), is_graph=True), node
                makers = self._makers(arguments)
                back = returns(self.task, node, arguments)
                yield Shape(None, self.definition.name, arguments, back, makers=makers), node

    def _makers(self, arguments: Sequence[Parameter]) -> tuple[Maker, ...]:
        """Makers of the state and of the configuration that the caller keeps, likely ones first."""
        found: list[Maker] = []
        for parameter in arguments:
            if parameter.role in ("state", "config"):
                found += islice((maker for maker in self._of_role(parameter) if maker.possible), MAKERS)
        return tuple(found)

    def _of_role(self, parameter: Parameter) -> Iterator[Maker]:
        """Methods, functions and classes of the program that may make the value of a parameter."""
        if parameter.role == "state":
            for node in (n for root in self.classes for n in root.body):
                if isinstance(node, Function) and _INITIAL.search(node.name) and node.name != "__init__":
                    yield Maker(
                        "state", f"@opt.{node.name}", with_first_role("params", signature(self.task, node, first=1))
                    )
            for node in self.definition.statements:
                if isinstance(node, Function) and _INITIAL.search(node.name) and self._concerns(node):
                    yield Maker("state", node.name, signature(self.task, node))
        annotated = self._annotation(parameter.name)
        for name, made in self.constructors.items():
            if name == annotated or (not annotated and re.search(rf"(?i){parameter.role}$", name)):
                yield Maker(parameter.role, name, signature(self.task, made, first=1))

    def _concerns(self, node: Function) -> bool:
        """Whether an initialiser belongs to this optimizer, by its name or by the class that it makes."""
        names = mentioned(node.name)
        if names:
            return self.task in names
        made = ast.unparse(node)
        return "state" in node.name.lower() or any(f"{name}(" in made for name in self.constructors)

    def _annotation(self, name: str) -> str:
        """The class of the program in a parameter's annotation, "" if there is none."""
        annotations = [n.annotation for n in self.nodes if isinstance(n, ast.arg) and n.arg == name and n.annotation]
        words = {word for node in annotations for word in re.findall(r"\w+", ast.unparse(node))}
        return next((record for record in self.constructors if record in words), "")

    def _fits(self, shape: Shape, node: Function | None) -> bool:
        """Whether there are values for all required parameters, and it can do a step with gradients."""
        if any(p.required and not p.role and p.neutral is None for p in shape.parameters):
            return False
        if node is not None and (empty(node) or (self._called(node) and not shape.is_minimiser)):
            return False
        if shape.is_graph:
            return True
        if self.is_method and not shape.layout:
            return False
        if self._is_half(shape):
            return False
        if shape.layout or shape.named or shape.has("pairs") or shape.is_minimiser or "grads" in shape.entries:
            return True
        if shape.layered:
            return False
        in_grad = shape.has("grads") or re.search(r"\.grad(ient)?\b|'grad'|\boptim\.", self.text) is not None
        listed = re.search(r"\b(named_)?param(eter)?s\(\)", self.text)
        given = shape.has("params") or shape.has("grads") or (shape.has("model") and listed is not None)
        return given and (in_grad or self.is_optimizer_of_torch)

    def _is_half(self, shape: Shape) -> bool:
        """Whether a function is only the last half of a step, whose means are computed elsewhere.

        Its gradient is called an average, or it has no coefficient anywhere.
        """
        if shape.construct is not None or self.task == "sgd":
            return False
        kept = shape.names("state", "config", *STATES[self.task])
        used = {n.id for n in self.nodes if isinstance(n, ast.Name)}
        if not kept & used and any(averaged(p.name) for p in shape.arguments if p.role == "grads"):
            return True
        wanted = ("mu",) if self.task == "momentum" else ("betas", "beta1", "beta2")
        spoken = [n.arg if isinstance(n, ast.arg) else getattr(n, "id", getattr(n, "attr", "")) for n in self.nodes]
        named = any(means(role, str(name)) for name in (*spoken, *self.strings) for role in wanted)
        return not named and not any(0.3 <= number < 1 for number in self.numbers)

    @staticmethod
    def _called(node: Function) -> set[str]:
        """The parameters that a function calls, except a closure."""
        names = {arg.arg for arg in node.args.args if not arg.arg.startswith("closure")}
        calls = (n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
        return names & {*calls}

    def attribute(self, role: str) -> str:
        """The attribute in which ``__init__`` stores a parameter with this role, "" if there is none."""
        return next(iter(self.attributes(role)), "")

    def attributes(self, role: str) -> list[str]:
        """All attributes in which ``__init__`` stores a parameter with this role."""
        if role not in self._attributes:
            self._attributes[role] = self._kept(role)
        return self._attributes[role]

    def _kept(self, role: str) -> list[str]:
        found = []
        shape = self.shape
        names = [p.name for p in (shape.construct if shape and shape.construct else ()) if p.role == role]
        for node in self.nodes:
            for target, value in assignments(node):
                if not isinstance(target, ast.Attribute) or ast.unparse(target.value) != "self":
                    continue
                if isinstance(value, ast.Call) and len(value.args) == 1 and not _FRESH.search(ast.unparse(value.func)):
                    value = value.args[0]
                if isinstance(value, ast.Name) and value.id in names:
                    found.append(target.attr)
        return found or names[:1] * any(field_constructor(node) is not None for node in self.classes[:1])
