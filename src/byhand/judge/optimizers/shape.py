"""How to call an optimizer for one step: what is made first, what is called, its arguments, and its result."""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from byhand.judge.optimizers.interfaces import Layout
from byhand.judge.optimizers.syntax import literal, own_nodes, returned_functions
from byhand.judge.optimizers.words import HYPER, STATES, means, plain, roles

_NEUTRAL = {"nesterov": False, "dampening": 0.0, "amsgrad": False, "maximize": False, "foreach": False}
_RATE_DECAYS = ("decay", "lrdecay", "learningratedecay", "ratedecay", "alphadecay", "etadecay")
"""Options that change the learning rate from step to step."""
_ABOUT = re.compile(r"^(use|is|do|with)_|_")
"""Parts that the name of an option may have in addition: use_nesterov, ams_grad."""
TENSOR, GRADIENT = "tensor ", "gradient "
"""Prefixes of the roles of tensors that are separate arguments, followed by an index, and of their gradients."""
NOTHING: Mapping[str, str] = {}
COMPLEMENT = "1 - "
"""Prefix of the roles of coefficients that are given as 1 − β, by their small defaults: b1=0.1, b2=0.001."""
UNUSED = "unused"
"""The role of a parameter that the program does not use."""


@dataclass(frozen=True)
class Parameter:
    """One parameter of a signature."""

    name: str
    role: str
    """What it is for; "" if its name does not tell."""
    default: Any = None
    """The default if it is a number, a bool or a pair of numbers; else None."""
    required: bool = True
    by_position: bool = False
    """Whether it can only be passed by position, as one that ``*args`` hands on to a base class."""

    @property
    def option(self) -> str:
        """The option of torch's optimizers that it is, if the formula does not have it; else ""."""
        word = _ABOUT.sub("", self.name.lower())
        return word if word in _NEUTRAL and not self.role else ""

    @property
    def neutral(self) -> float | bool | None:
        """The value with which the option has no effect."""
        return _NEUTRAL.get(self.option)

    @property
    def constant_rate(self) -> float | None:
        """The value with which an option that lowers the learning rate has no effect; None if the default has none."""
        word, default = _ABOUT.sub("", self.name.lower()), self.default
        if self.role or self.required or word not in _RATE_DECAYS or not isinstance(default, float):
            return None
        return 1.0 if default > 0.5 else 0.0  # a factor of lr, or that of the step in 1 / (1 + decay · t)


@dataclass(frozen=True)
class Maker:
    """A function, method or class that makes the state or configuration that the caller keeps."""

    role: str
    """The role of what it makes: state or config."""
    path: str
    """The name by which it is called."""
    parameters: tuple[Parameter, ...]

    @property
    def given(self) -> tuple[Parameter, ...]:
        """The parameters that are passed: required ones and hyperparameters."""
        return tuple(p for p in self.parameters if p.required or p.role in (*HYPER, "betas"))

    @property
    def possible(self) -> bool:
        """Whether there are values for all required parameters."""
        return all(p.role not in ("", "grads", self.role) for p in self.parameters if p.required)


@dataclass(frozen=True)
class Shape:
    """How to call a definition for one step."""

    construct: tuple[Parameter, ...] | None
    """The parameters of the constructor; None for a function."""
    method: str
    arguments: tuple[Parameter, ...]
    returns: tuple[tuple[str, ...], ...]
    """What it may return, likely ones first, as roles; () for nothing."""
    is_factory: bool = False
    """Whether it is a function that returns the optimizer: an inner function, or an optimizer of torch."""
    setup: tuple[str, tuple[Parameter, ...]] = ("", ())
    """The method that takes the parameters after the object is made, with its signature; "" if there is none."""
    feed: tuple[str, tuple[Parameter, ...]] = ("", ())
    """The method that takes the gradient, to be called before each step, with its signature; "" if there is none."""
    parts: tuple[tuple[str, str | int], ...] = ()
    """If it returns several functions: for each the name in the session, and its index or key in the result."""
    path: str = ""
    """The name by which the step is called, if it is not a method of the object."""
    reader: str = ""
    """The function that reads the parameters from a state, "" if they are not in it."""
    makers: tuple[Maker, ...] = ()
    """What may make the state and the configuration."""
    layout: Layout | None = None
    """Where objects that are passed have the tensors and their gradients."""
    entries: tuple[str, ...] = ()
    """The roles of the parts of each item, if parameters are a list of tuples."""
    named: int = 0
    """How many tensors are separate arguments, each with its gradient or in the object whose method it is."""
    keys: tuple[str, ...] = ()
    """The names of the tensors in a dict or a list that the text takes apart; () if it iterates over them."""
    gradient_keys: tuple[tuple[str, int], ...] = ()
    """The same for the gradients, each with the index of its tensor."""
    nested: bool = False
    """Whether parameters and gradients are lists of lists, a list per layer."""
    is_graph: bool = False
    """Whether the method describes the updates once, as symbols that are run at each step, as in old Keras."""
    counts_itself: bool = False
    """Whether a minimiser runs a number of steps of its own, or until it has converged."""
    global_gradient: str = ""
    """The program's gradient function, if a minimiser calls it by its own name."""
    stepwise: bool = False
    """Whether a minimiser does one step a call."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """The parameters of constructor, setup and methods together."""
        return (*(self.construct or ()), *self.setup[1], *self.feed[1], *self.arguments)

    @property
    def knows_params(self) -> bool:
        """Whether the constructor or the setup method takes the parameters."""
        return any(p.role in ("params", "model") for p in (*(self.construct or ()), *self.setup[1]))

    @property
    def layered(self) -> bool:
        """Whether tensors and gradients are attributes of a layer, or of several layers."""
        return self.has("layer") or self.has("layers")

    @property
    def is_minimiser(self) -> bool:
        """Whether it calls the gradient function itself, or computes the gradient, and runs all steps in one call."""
        return self.has("gradient of") or self.derives or bool(self.global_gradient)

    @property
    def derives(self) -> bool:
        """Whether it computes the gradient of a function itself."""
        return self.has("minimised")

    def without_complements(self) -> Shape:
        """The shape with plain coefficients in place of those that are given as 1 − β."""
        return self.with_roles({p.name: p.role.removeprefix(COMPLEMENT) for p in self.parameters})

    def has(self, role: str) -> bool:
        """Whether a parameter has this role."""
        return any(parameter.role == role for parameter in self.parameters)

    def with_roles(self, roles: Mapping[str, str]) -> Shape:
        """The shape with these roles for parameters of these names."""
        construct, arguments = (
            tuple(replace(p, role=roles.get(p.name, p.role)) for p in given)
            for given in (self.construct or (), self.arguments)
        )
        return replace(self, construct=None if self.construct is None else construct, arguments=arguments)

    def names(self, *roles: str) -> set[str]:
        """The names of the parameters with these roles."""
        return {parameter.name for parameter in self.parameters if parameter.role in roles}


def signature(task: str, node: ast.FunctionDef, first: int = 0) -> tuple[Parameter, ...]:
    """The parameters from index ``first`` on; no two have the same role."""
    given = [*node.args.posonlyargs, *node.args.args]
    defaults: list[ast.expr | None] = [None] * (len(given) - len(node.args.defaults)) + list(node.args.defaults)
    pairs = [*zip(given, defaults, strict=True), *zip(node.args.kwonlyargs, node.args.kw_defaults, strict=True)]
    found: list[Parameter] = []
    body = "\n".join(map(ast.unparse, node.body))
    decays = any(arg.arg != "decay" and means("weight_decay", arg.arg) for arg, _ in pairs)
    only_returned = _only_returned(node)
    for arg, default in pairs[first:]:
        number = literal(default)
        wanted = roles(task, arg.arg, number is not None and not isinstance(number, bool))
        wanted = [] if Parameter(arg.arg, "").option or (arg.arg == "decay" and decays) else wanted
        keyed = rf"(?<![\w.]){re.escape(arg.arg)}(\[['\"]|\.(get|setdefault)\(['\"])"
        if "config" in wanted and re.search(keyed, body):
            wanted = ["config"]
        role = next((r for r in wanted if all(p.role != r for p in found)), "")
        if not role and "v" in wanted and task.startswith("adam"):
            found = [replace(p, role="m") if p.role == "v" else p for p in found]
            role = "v"
        if not role and wanted == ["mu"]:
            found = [replace(p, role="velocity") if p.role == "mu" and p.required else p for p in found]
            role = "mu"
        known = any(means(other, arg.arg) for other in (*HYPER, "betas"))
        unused = not role and not known and not re.search(rf"(?<![\w.]){re.escape(arg.arg)}\b", body)
        if unused or (role not in ("params", "grads") and arg.arg in only_returned):
            role = UNUSED
        found.append(Parameter(arg.arg, role, number, default is None))
    small = [p for p in found if p.role in ("beta1", "beta2") and isinstance(p.default, float) and 0 < p.default < 0.5]
    if len(small) == 2:
        found = [replace(p, role=f"{COMPLEMENT}{p.role}") if p in small else p for p in found]
    if task.startswith("adam") and not any(p.role == "v" for p in found):  # one parameter for both moments
        found = [replace(p, role="state") if p.role == "m" and plain(p.name) == "moments" else p for p in found]
    return tuple(found)


def _only_returned(node: ast.FunctionDef) -> set[str]:
    """The names that are handed back and not used, as the state of an optimizer that needs none."""
    results = [part.value for part in own_nodes(node) if isinstance(part, ast.Return)]
    back = [part for value in results if isinstance(value, ast.Tuple) for part in value.elts]
    handed = {part.id for part in back if isinstance(part, ast.Name)}
    if not handed:
        return handed
    places = set(map(id, back))
    return handed - {part.id for part in ast.walk(node) if isinstance(part, ast.Name) and id(part) not in places}


def returns(task: str, node: ast.FunctionDef, arguments: Sequence[Parameter]) -> tuple[tuple[str, ...], ...]:
    """What a function may return, likely ones first, as roles."""
    values = [n.value for n in own_nodes(node) if isinstance(n, ast.Return) and n.value is not None]
    values = [v for v in values if not (isinstance(v, ast.Constant) and v.value is None)]
    values = [v for v in values if not (isinstance(v, ast.Name) and v.id == "loss")]
    if not values:
        return ((),)
    value = values[-1]
    if not isinstance(value, ast.Tuple):
        role = _role(task, value, arguments)
        likely = [(role,)] if role in ("params", "delta", "state") else []
        return tuple(dict.fromkeys([*likely, ("params",), ("delta",), ()]))
    slots = [_role(task, part, arguments) for part in value.elts]
    for i, part in enumerate(value.elts):  # m_hat returned in place of m
        name = re.sub(r"_?(hat|h|corr\w*)$", "", part.id) if isinstance(part, ast.Name) else ""
        role = next((p.role for p in arguments if p.role in STATES[task] and plain(p.name) == name), "")
        slots[i] = slots[i] or (role if role not in slots else "")
    left = [p.role for p in arguments if p.role in STATES[task] and p.role not in slots]
    unknown = [i for i, role in enumerate(slots) if i and not role]
    if len(left) == len(unknown):  # in the order of the arguments
        slots = [left[unknown.index(i)] if i in unknown else role for i, role in enumerate(slots)]
    kept = next((p.role for p in arguments if p.role in ("state", "config") and p.role not in slots), "")
    if kept and not slots[-1]:
        slots[-1] = kept
    if "params" in slots or "delta" in slots or all(role.startswith(TENSOR) for role in slots):
        return (tuple(slots),)
    return ("params", *slots[1:]), ("delta", *slots[1:])


def _role(task: str, value: ast.expr, arguments: Sequence[Parameter]) -> str:
    """The role of a returned expression: params, delta, a state, or "" if its text does not tell."""
    if isinstance(value, ast.Name | ast.Attribute):
        name = value.id if isinstance(value, ast.Name) else value.attr
        for parameter in arguments:
            if plain(parameter.name) == plain(name):
                return parameter.role
        if re.search(r"delta|update|direction|step|更新量", name.lower()):
            return "delta"
        likely = [role for role in roles(task, name, False) if role not in HYPER]
        return likely[0] if likely else ""
    kept = next((p.role for p in arguments if p.role in ("state", "config")), "")
    if isinstance(value, ast.Dict | ast.Tuple):
        return kept
    if isinstance(value, ast.Call) and re.search(r"(?i)state$|^replace$|_replace$", ast.unparse(value.func)):
        return kept
    if isinstance(value, ast.Call):  # np.round(m, 5), m.copy(), list(m)
        method = value.func.value if isinstance(value.func, ast.Attribute) else None
        names = [part.id for part in (method, *value.args[:1]) if isinstance(part, ast.Name)]
        return next((p.role for name in names for p in arguments if plain(p.name) == plain(name)), "")
    if isinstance(value, ast.BinOp | ast.UnaryOp):
        named = {n.id for n in ast.walk(value) if isinstance(n, ast.Name)}
        moved = (p for p in arguments if p.role in ("params", "bias") or p.role.startswith(TENSOR))
        return next((p.role for p in moved if p.name in named), "delta")
    return ""


def function_set(
    task: str, node: ast.FunctionDef, construct: tuple[Parameter, ...], known: dict[str, ast.FunctionDef]
) -> Shape | None:
    """For a function that returns inner functions: ``init``, ``update`` and maybe one that reads the parameters."""
    found = dict(returned_functions(node, known))
    steps = {name: signature(task, part) for name, (_, part) in found.items()}
    begin = next((name for name in found if "init" in name.lower()), "")
    read = next((name for name in found if "param" in name.lower() and len(steps[name]) == 1), "")
    likely = (name for name, given in steps.items() if any(p.role == "grads" for p in given))
    step = next((name for name in (*likely, *found) if name not in (begin, read)), "")
    if not step or not begin:
        return None
    handles = {begin: "@init", step: "@step", read: "@read"}
    items = {handles[name]: place for name, (place, _) in found.items() if name in handles}
    attributes = {handle: f"@opt{place}" for handle, place in items.items() if str(place).startswith(".")}
    path = {handle: attributes.get(handle, handle) for handle in handles.values()}
    given = steps[step]
    if not any(p.role == "grads" for p in given):
        given = with_first_role("grads", given)
    return Shape(
        construct,
        step,
        given,
        (("state",),) if read else returns(task, found[step][1], given),
        is_factory=True,
        parts=tuple((handle, place) for handle, place in items.items() if handle not in attributes),
        makers=(Maker("state", path["@init"], with_first_role("params", steps[begin])),),
        path=path["@step"],
        reader=path["@read"] if read else "",
    )


def with_first_role(role: str, given: Sequence[Parameter]) -> tuple[Parameter, ...]:
    """The signature with this role for its first parameter, whatever its name, as initialisers take the parameters."""
    return tuple(replace(p, role=role) if i == 0 and p.required else p for i, p in enumerate(given))
