"""What a definition's own text says of how an optimizer is called: parameters and their roles, results, constants."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from byhand.judge.model import Definition
from byhand.judge.tasks._optimizer_syntax import (
    assignments,
    bare,
    bases,
    empty,
    fields,
    names_in,
    own,
    returned,
    spelled,
)
from byhand.judge.tasks._optimizer_words import HYPER, NEEDS, STATES, plain, roles

Function = ast.FunctionDef
METHODS = [
    "step",
    "update",
    "update_params",
    "update_parameters",
    "update_weights",
    "update_param",
    "apply",
    "apply_gradients",
    "apply_grads",
    "optimize",
    "optimise",
    "__call__",
    "compute_update",
    "get_update",
    "get_updates",
    "compute_step",
    "get_direction",
    "direction",
    "get_gradient",
    "更新",
]
"""What the method that does one step is called, likely ones first."""
ZERO_GRADS = [
    "zero_grad",
    "zero_grads",
    "zerograd",
    "zero_gradient",
    "zero_gradients",
    "clear_grad",
    "clear_grads",
    "cleargrads",
]
"""What the method that forgets the gradients is called."""
READY = {
    "params": "params",
    "lr": "lr",
    "momentum": "mu",
    "betas": "betas",
    "eps": "eps",
    "weight_decay": "weight_decay",
}
"""What torch.optim's own constructors ask for, with roles."""
_NEUTRAL = {"nesterov": False, "dampening": 0.0, "amsgrad": False, "maximize": False, "foreach": False}


@dataclass(frozen=True)
class Parameter:
    """One of a signature."""

    name: str
    role: str
    """What it is for; "" if its name does not say."""
    default: Any = None
    """The number, truth value or pair of numbers that it is by default; None if there is none, or no number."""
    required: bool = True

    @property
    def neutral(self) -> float | bool | None:
        """The value of an option under which the formula is the plain one."""
        return _NEUTRAL.get(self.name.lower())


@dataclass(frozen=True)
class Shape:
    """How a definition can be called for one step."""

    construct: tuple[Parameter, ...] | None
    """Of a class; None for a function."""
    method: str
    arguments: tuple[Parameter, ...]
    returns: tuple[tuple[str, ...], ...]
    """What may be handed back, likely first, by roles; () for nothing."""
    made: bool = False
    """Whether a function makes what is called: an inner function that does the step, or an optimizer of torch."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """Of constructor and method together."""
        return (*(self.construct or ()), *self.arguments)

    @property
    def stored(self) -> bool:
        """Whether an object is made that knows its parameters."""
        return any(parameter.role in ("params", "model") for parameter in self.construct or ())

    def has(self, role: str) -> bool:
        """Whether something of this role is handed over."""
        return any(parameter.role == role for parameter in self.parameters)


class Source:
    """The text of a definition, and of the classes of the same program that it is derived from."""

    def __init__(self, task: str, definition: Definition) -> None:
        self.task, self.definition = task, definition
        self.classes = list(bases(definition)) if definition.is_class else []

    @property
    def _roots(self) -> Sequence[ast.AST]:
        return self.classes or [self.definition.node]

    @cached_property
    def text(self) -> str:
        """All its lines, without comments and documentation."""
        return "\n".join(ast.unparse(bare(node)) for node in self._roots)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """All nodes of its syntax trees."""
        return [n for root in self._roots for n in ast.walk(root)]

    @cached_property
    def strings(self) -> list[str]:
        """Its short string constants, such as the keys of a dict."""
        found = (n.value for n in self.nodes if isinstance(n, ast.Constant) and isinstance(n.value, str))
        return list(dict.fromkeys(s for s in found if len(s) <= 20 and s.isidentifier()))

    @cached_property
    def is_optimizer_of_torch(self) -> bool:
        """Whether it is derived from torch.optim.Optimizer, or from one of its subclasses."""
        node = self.definition.node
        if isinstance(node, Function):
            return isinstance(returned(node), ast.Call)
        return any(
            re.search(r"\boptim\.\w+$|^Optimizer$", ast.unparse(base)) is not None
            and not any(ast.unparse(base) == other.name for other in self.classes)
            for node in self.classes
            for base in node.bases
        )

    def method(self, name: str) -> Function | None:
        """A method, as written in the class itself or in the nearest base of the same program."""
        for node in self.classes:
            for part in node.body:
                if isinstance(part, Function) and part.name == name:
                    return part
            if name == "__init__" and (made := fields(node)):
                return made
        return None

    def present(self, name: str) -> str:
        """The name of a method, "" if there is none."""
        return name if self.method(name) else ""

    @cached_property
    def shape(self) -> Shape | None:
        """How it can be called; None if that is not the way of an optimizer."""
        if isinstance(self.definition.node, Function):
            shape, node = self._of_function(self.definition.node)
            return shape if self._fits(shape, node) else None
        initial = self.method("__init__")
        construct = self._signature(initial, first=1) if initial else ()
        if initial and initial not in ast.walk(self.definition.node) and fields(self.classes[0]):
            construct = tuple(p for p in construct if p.required or p.role in READY.values() or p.role in HYPER)
        construct = tuple(replace(p, role="count") if p.role == "t" and p.required else p for p in construct)
        if initial is None and self.is_optimizer_of_torch:
            construct = tuple(Parameter(name, role, None, name == "params") for name, role in READY.items())
            both = ("betas",) if "beta1" in NEEDS[self.task] else ()
            construct = tuple(p for p in construct if p.role in ("params", *both, *NEEDS[self.task]))
        names = [name for name in METHODS if self.method(name)] or ["step"] * self.is_optimizer_of_torch
        for name in names:
            node = self.method(name)
            arguments = self._signature(node, first=1) if node else ()
            shape = Shape(construct, name, arguments, self._returns(node, arguments) if node else ((),))
            if self._fits(shape, node):
                return shape
        return None

    def _of_function(self, node: Function) -> tuple[Shape, Function | None]:
        """Of a function that does a step, or that makes what does it; with the function that does it."""
        arguments = self._signature(node, first=0)
        match returned(node):
            case ast.FunctionDef() as inner:
                given = self._signature(inner, first=0)
                return Shape(arguments, "__call__", given, self._returns(inner, given), made=True), inner
            case ast.Call():
                return Shape(arguments, "step", (), ((),), made=True), None
        return Shape(None, self.definition.name, arguments, self._returns(node, arguments)), node

    def _fits(self, shape: Shape, node: Function | None) -> bool:
        """Whether all that it asks for can be given, and a step can come of it."""
        if any(p.required and not p.role and p.neutral is None for p in shape.parameters):
            return False
        if node is not None and (empty(node) or self._calls_a_parameter(node)):
            return False
        graded = shape.has("grads") or re.search(r"\.grad\b|'grad'|\boptim\.", self.text) is not None
        if shape.has("layer") or shape.has("pairs"):
            return shape.has("pairs") or len(self.slots) == 2
        given = shape.has("params") or shape.has("grads") or (shape.has("model") and "parameters()" in self.text)
        return given and (graded or self.is_optimizer_of_torch)

    @staticmethod
    def _calls_a_parameter(node: Function) -> bool:
        names = {arg.arg for arg in node.args.args}
        calls = (n.func.id for n in ast.walk(node) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name))
        return any(name in names and not name.startswith("closure") for name in calls)

    def _signature(self, node: Function, first: int) -> tuple[Parameter, ...]:
        """The parameters from number ``first`` on, each with a role of its own."""
        given = [*node.args.posonlyargs, *node.args.args]
        defaults: list[ast.expr | None] = [None] * (len(given) - len(node.args.defaults)) + list(node.args.defaults)
        pairs = [*zip(given, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
        found: list[Parameter] = []
        for arg, default in pairs[first:]:
            number = spelled(default)
            wanted = roles(self.task, arg.arg, number is not None and not isinstance(number, bool))
            role = next((r for r in wanted if all(p.role != r for p in found)), "")
            if not role and "v" in wanted and self.task.startswith("adam"):
                found = [replace(p, role="m") if p.role == "v" else p for p in found]
                role = "v"
            if not role and wanted == ["mu"]:
                found = [replace(p, role="velocity") if p.role == "mu" and p.required else p for p in found]
                role = "mu"
            found.append(Parameter(arg.arg, role, number, default is None))
        return tuple(found)

    def _returns(self, node: Function, arguments: Sequence[Parameter]) -> tuple[tuple[str, ...], ...]:
        values = [n.value for n in own(node) if isinstance(n, ast.Return) and n.value is not None]
        values = [v for v in values if not (isinstance(v, ast.Constant) and v.value is None)]
        values = [v for v in values if not (isinstance(v, ast.Name) and v.id == "loss")]
        if not values:
            return ((),)
        value = values[-1]
        if not isinstance(value, ast.Tuple):
            role = self._role(value, arguments)
            likely = [(role,)] if role in ("params", "delta") else []
            return tuple(dict.fromkeys([*likely, ("params",), ("delta",), ()]))
        slots = [self._role(part, arguments) for part in value.elts]
        for i, part in enumerate(value.elts):  # m_hat handed back in place of m
            name = re.sub(r"_?(hat|h|corr\w*)$", "", part.id) if isinstance(part, ast.Name) else ""
            role = next((p.role for p in arguments if p.role in STATES[self.task] and plain(p.name) == name), "")
            slots[i] = slots[i] or (role if role not in slots else "")
        if "params" in slots or "delta" in slots:
            return (tuple(slots),)
        return ("params", *slots[1:]), ("delta", *slots[1:])

    def _role(self, value: ast.expr, arguments: Sequence[Parameter]) -> str:
        """What a returned expression is: params, delta, a state, or "" for what its text does not tell."""
        if isinstance(value, ast.Name | ast.Attribute):
            name = value.id if isinstance(value, ast.Name) else value.attr
            for parameter in arguments:
                if plain(parameter.name) == plain(name):
                    return parameter.role
            if re.search(r"delta|update|direction|step|更新量", name.lower()):
                return "delta"
            own = [role for role in roles(self.task, name, False) if role not in HYPER]
            return own[0] if own else ""
        if isinstance(value, ast.Dict | ast.Tuple):
            return next((p.role for p in arguments if p.role in ("state", "config")), "")
        if isinstance(value, ast.BinOp | ast.UnaryOp):
            params = {p.name for p in arguments if p.role == "params"}
            named = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
            return "params" if params & named else "delta"
        return ""

    def assigned(self, role: str) -> list[float]:
        """Numbers that the text itself gives to names of a role: ``self.eps = 1e-8``, ``b1, b2 = 0.9, 0.99``."""
        found = []
        for node in self.nodes:
            for target, value in assignments(node):
                number = spelled(value)
                name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
                if isinstance(number, float) and role in roles(self.task, name, True)[:1]:
                    found.append(number)
        return list(dict.fromkeys(found))

    @cached_property
    def numbers(self) -> list[float]:
        """All its constants that are numbers, and those of its program's top level that it names."""
        named = {n.id for n in self.nodes if isinstance(n, ast.Name)}
        tops = [
            n
            for n in ast.parse(self.definition.program).body
            if isinstance(n, ast.Assign) and names_in(n.targets) & named
        ]
        nodes = [*self.nodes, *(n for top in tops for n in ast.walk(top))]
        found = (n.value for n in nodes if isinstance(n, ast.Constant) and type(n.value) in (float, int))
        return list(dict.fromkeys(float(x) for x in found if isinstance(x, float | int)))

    @cached_property
    def slots(self) -> tuple[tuple[str, str], ...]:
        """Attributes of a layer that hold its tensors, each with that of its gradient: weights and dweights."""
        found = set(re.findall(r"\b(?:layer|层)\.(\w+)", self.text))
        named = [name for name in ("weights", "weight", "W", "w", "kernel", "biases", "bias", "b") if name in found]
        pairs = ((name, f"{prefix}{name}") for name in named for prefix in ("d", "d_", "grad_"))
        return tuple(pair for pair in pairs if pair[1] in found)

    def attribute(self, role: str) -> str:
        """The attribute in which ``__init__`` keeps a parameter of a role, "" if it does not say."""
        return next(iter(self.attributes(role)), "")

    def attributes(self, role: str) -> list[str]:
        """All attributes in which it is kept."""
        found = []
        shape = self.shape
        names = [p.name for p in (shape.construct if shape and shape.construct else ()) if p.role == role]
        for node in self.nodes:
            for target, value in assignments(node):
                if not isinstance(target, ast.Attribute) or ast.unparse(target.value) != "self":
                    continue
                made = value.args[0] if isinstance(value, ast.Call) and len(value.args) == 1 else value
                if isinstance(made, ast.Name) and made.id in names:
                    found.append(target.attr)
        return found or names[:1] * any(fields(node) is not None for node in self.classes[:1])
