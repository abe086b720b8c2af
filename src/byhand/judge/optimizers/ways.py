"""Calling conventions of a learner's optimizer: kind of container, form of several tensors, result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, product

from byhand.judge.functions.rounding import COST, PAGE, digits
from byhand.judge.optimizers.global_state import global_state, global_state_shape
from byhand.judge.optimizers.reading import (
    SCALARS,
    STORED,
    TORCH,
    any_number,
    bundles,
    containers,
    first_steps,
    keys,
    maker_choices,
    rate_place,
    results,
    state_is_list,
    unpacked,
)
from byhand.judge.optimizers.shape import COMPLEMENT, Maker, Shape
from byhand.judge.optimizers.source import Source
from byhand.judge.optimizers.stream import GradientStream
from byhand.judge.optimizers.words import HYPER, NEEDS, ZERO_GRADS
from byhand.judge.task import Convention

WRAPPED = r"\.grad\.(data|cached_data|value|zero|numpy)\b"
"""Attributes of gradients that are objects with numbers inside."""
MOST = 16
"""The most ways that are tried."""
DEFAULTS = {"lr": 1e-3, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "mu": 0.9}
_RANGE = {
    "lr": (1e-4, 1.0),
    "beta1": (0.5, 0.97),
    "beta2": (0.98, 0.99999),
    "eps": (1e-16, 1e-3),
    "weight_decay": (1e-5, 0.5),
    "mu": (0.3, 0.995),
}


@dataclass(frozen=True)
class Way(Convention):
    """One way to call an optimizer."""

    shape: Shape = field(default=Shape(None, "", (), ((),)))
    container: str = "torch"
    """torch, parameter (a leaf of autograd), numpy, list, scalar, box (has ``data`` and ``grad``), value (0-d box),
    variable (has ``assign_sub``)."""
    bundle: str = "list"
    """list, dict, single, pair (``w, b, dw, db``), lists (``weights, biases, dW, db``, each of them a list)."""
    in_grad: bool = False
    """Whether gradients are in ``.grad``; else they are arguments."""
    result: tuple[str, ...] = ()
    fixed: tuple[tuple[str, float], ...] = ()
    """Hyperparameters that can't be set, with their values in the text."""
    first_step: int = 1
    """The number of the first step, if the caller counts."""
    scaled: bool = True
    """For a result "delta": whether it includes the factor lr."""
    added: bool = False
    """For a result "delta": whether it is to be added, not subtracted."""
    keys: tuple[tuple[str, str], ...] = ()
    """For dicts of hyperparameters and states: key and role."""
    prefixed: bool = False
    """Whether the gradient of "W1" is called "dW1"."""
    starts_empty: bool = False
    """Whether a dict of states starts without entries for them."""
    makers: tuple[Maker, ...] = ()
    """The makers of the state and the configuration that the caller keeps."""
    unpacked: tuple[str, ...] = ()
    """The roles of the parts of a state that is a tuple."""
    gradient_objects: bool = False
    """Whether a gradient is itself an object with ``data``."""
    state_is_list: bool = True
    """Whether a state that the caller keeps is a list, with an entry or a tuple of entries per tensor."""
    rate_place: str = ""
    """Where lr can be changed between steps: "argument", "param_groups" with its key, or an attribute."""
    params_attribute: str = ""
    """The attribute in which an object stores its parameters."""
    tensor_class: str = ""
    """The program's own class for tensors, "" if the judge's stand-in is used."""
    constructor_reads_grad: bool = False
    """Whether the constructor already reads gradients."""
    keeps_global_state: bool = False
    """Whether a function may keep state in global names."""
    state_shape: tuple[int, ...] | None = None
    """The shape of the arrays in its global state, which the tensors must have too; None for any shape."""
    before_and_after: tuple[str, str] = ("", "")
    """Methods that are called before and after the step, "" if there is none."""
    zero_grad: str = ""
    """The method that clears the gradients, "" if there is none."""
    without_gradients: bool = False
    """Whether gradients may be None, as those of torch's unused parameters are."""
    generator: bool = False
    """Whether the parameters may be a generator, as those of torch's modules are."""
    any_number: bool = False
    """Whether any number of tensors can be passed."""

    digits: int | None = None
    """The number of digits after the point to which new values are rounded; None if they are not rounded."""
    rounds_states: bool = False
    """Whether the states are rounded too."""

    @property
    def together(self) -> bool:
        """Whether one step updates several tensors."""
        return self.bundle != "single"

    @property
    def count(self) -> int:
        """The number of tensors in probes."""
        if self.shape.layout:
            return self.shape.layout.count
        if self.shape.named:
            return self.shape.named
        if self.shape.keys:
            return len(self.shape.keys)
        return 4 if self.bundle in ("nested", "four", "lists") else 2 if self.together else 1

    def fitted(self, stream: GradientStream) -> GradientStream:
        """The stream with the number and shape of tensors that this way takes."""
        stream = stream.spread(self.count) if self.count > 2 else stream
        stream = replace(stream, digits=self.digits, rounds_states=self.rounds_states)
        stream = stream.of_a_function() if self.shape.derives else stream
        return stream.shaped(self.state_shape) if self.state_shape else stream

    @property
    def hyper(self) -> set[str]:
        """The hyperparameters that can be set."""
        named = {p.role.removeprefix(COMPLEMENT) for p in self.shape.parameters} | {role for _, role in self.keys}
        named |= {p.role for maker in self.makers for p in maker.parameters}
        named |= {role for _, role in self.shape.layout.options} if self.shape.layout else set()
        both = {"beta1", "beta2"} if "betas" in named else set()
        return (named | both | (set() if self.scaled else {"lr"})) & set(HYPER)

    def describe(self) -> Mapping[str, str]:
        """The calling convention for the report."""
        interface = "function" if self.shape.construct is None else f"class with {self.shape.method}"
        interface = "function that makes the step" if self.shape.is_factory else interface
        interface = "method" if self.shape.layout and self.shape.layout.role == "self" else interface
        interface = "init and update" if self.shape.parts or self.shape.path else interface
        held = {
            "parameter": "torch parameters",
            "torch": "torch tensors",
            "numpy": "NumPy arrays",
            "list": "Python lists",
            "scalar": "Python numbers",
            "variable": "TensorFlow variables",
            "symbol": "Keras variables",
            "box": "objects with data and grad",
            "value": "objects with data and grad",
        }[self.container]
        bundles = {"list": "a list", "dict": "a dict", "single": "one tensor", "pair": "w and b", "four": "a dict"}
        bundles["lists"] = "lists of w and of b"
        described = {
            "interface": interface,
            "numbers": held,
            "parameters": bundles.get(self.bundle, "a list of layers"),
        }
        if self.shape.named:
            described["parameters"] = "w and b"
        if self.shape.layout:
            objects = {"layer": "a layer", "layers": "a list of layers"}
            described["parameters"] = objects.get(self.shape.layout.role, "a model")
        described["gradients"] = "in .grad" if self.in_grad else "passed as arguments"
        if "params" in self.result:
            described["result"] = "new values"
        elif STORED in self.result:
            described["result"] = f"in {self.params_attribute}"
        elif "delta" in self.result:
            described["result"] = "a step to add" if self.added else "a step to subtract"
            if not self.scaled:
                described["result"] += ", to be multiplied by lr"
        else:
            described["result"] = "in place"
        if self.shape.has("t"):
            described["first step"] = str(self.first_step)
        return described | {role: f"{value:g}" for role, value in self.fixed if value}


def ways(source: Source) -> list[Way]:
    """The ways that the text of a definition allows, likely ones first."""
    if source.shape is None:
        return []
    found = _ways(source, source.shape)
    if (plain := source.shape.without_complements()) != source.shape:
        found += [replace(way, cost=min(9, way.cost + 1)) for way in _ways(source, plain)]
    return sorted(found, key=lambda way: way.cost)


def _ways(source: Source, shape: Shape) -> list[Way]:
    """The ways to call a definition of this shape, likely ones first."""
    handed = shape.layout or shape.named or shape.is_minimiser or shape.has("pairs") or "grads" in shape.entries
    handed = handed or any(p.role == "grads" and p.required for p in shape.parameters)
    in_grad = not handed and (not shape.has("grads") or ".grad" in source.text)
    found = []
    for (c, container), (b, bundle), (r, result), (m, makers) in product(
        enumerate(containers(source, in_grad)),
        enumerate(bundles(source, shape)),
        enumerate(results(source, shape, in_grad)),
        enumerate(maker_choices(source, shape)),
    ):
        if not _possible(container, bundle, result, shape):
            continue
        named = keys(source, shape, makers)
        arrays = bundle == "single" and container not in SCALARS
        parts = product(enumerate(first_steps(source, shape, makers)), _steps(source, shape, result, named, makers))
        for (f, first), (extra, scaled, added, fixed) in parts:
            way = Way(
                cost=min(9, c + b + (r if STORED not in result or r == 0 else 5) + 2 * f + m + extra),
                shape=shape,
                container=container,
                bundle=bundle,
                in_grad=in_grad,
                result=result,
                fixed=fixed,
                first_step=first,
                scaled=scaled,
                added=added,
                keys=named,
                makers=makers,
                unpacked=() if makers else unpacked(source, shape),
                prefixed=re.search(r"['\"]d['\"]|['\"]dW", source.text) is not None,
                starts_empty=re.search(r"setdefault\(|\.get\(|not in |if not ", source.text) is not None,
                gradient_objects=container in ("box", "value") and re.search(WRAPPED, source.text) is not None,
                tensor_class=source.tensor_class if container in ("box", "value") else "",
                constructor_reads_grad=container in ("box", "value") and ".grad" in source.constructor_text,
                state_is_list=state_is_list(source, shape),
                rate_place=rate_place(source, shape),
                params_attribute=source.attribute("params"),
                before_and_after=(source.present("pre_update_params"), source.present("post_update_params")),
                zero_grad=next((name for name in ZERO_GRADS if source.method(name)), ""),
                without_gradients=container in TORCH and (source.is_of_torch or not source.definition.imports),
                generator=container in TORCH and source.may_get_a_generator,
                any_number=any_number(source, shape),
                keeps_global_state=bool(global_state(source.definition)) or source.is_method,
                state_shape=global_state_shape(source.definition) if arrays else None,
            )
            found.append(way)
    likely = sorted(found, key=lambda way: way.cost)[:MOST]
    rounded = [
        replace(way, digits=number, rounds_states=states, cost=min(9, way.cost + COST), pages=PAGE)
        for way, number, states in product(likely, digits(source.definition), (True, False))
    ]
    return sorted([*likely, *rounded], key=lambda way: way.cost)


def _steps(
    source: Source, shape: Shape, result: tuple[str, ...], keys: tuple[tuple[str, str], ...], makers: tuple[Maker, ...]
) -> Iterator[tuple[int, bool, bool, tuple[tuple[str, float], ...]]]:
    """For each reading of the result, and each choice of values that can't be set: cost, scaled, added, fixed."""
    named = {p.role.removeprefix(COMPLEMENT) for p in shape.parameters} | {role for _, role in keys}
    named |= {p.role for maker in makers for p in maker.parameters}
    named |= {role for _, role in shape.layout.options} if shape.layout else set()
    missing = [r for r in NEEDS[source.task] if r not in named and not (r.startswith("beta") and "betas" in named)]
    readings = [(0, True, False)]
    if "delta" in result:
        readings = [(0, True, False), (1, True, True)]
        if "lr" in missing:
            readings = [(0, False, False), (1, False, True), (2, True, False), (3, True, True)]
    for cost, scaled, added in readings:
        values = [[(role, value) for value in _values(source, role)] for role in missing if scaled or role != "lr"]
        for i, fixed in enumerate(islice(product(*values), 6)):
            yield cost + i, scaled, added, fixed


def _values(source: Source, role: str) -> list[float]:
    """The values that a hyperparameter that can't be set may have, likely ones first."""
    if role == "weight_decay" and source.task == "adam":
        return [0.0]
    low, high = _RANGE[role]
    default = [1e-2] if role == "weight_decay" else [DEFAULTS[role]]
    others = [p.default for p in source.shape.parameters if p.role] if source.shape else []
    in_range = sorted((x for x in source.numbers if low <= x <= high), key=lambda x: x in others)
    assigned = [x for x in source.assigned(role) if x > 0]
    first = [x for x in default if x in in_range]
    return list(dict.fromkeys([*assigned[:2]] or [*first, *in_range, *default]))[:3]


def _possible(container: str, bundle: str, result: tuple[str, ...], shape: Shape) -> bool:
    if shape.is_minimiser or shape.layout or shape.named:
        return True
    if shape.has("model") and container not in ("parameter", "box"):
        return False
    if container == "list" and bundle in ("list", "lists", "pair"):
        return False
    if container == "scalar" and bundle in ("single", "pair") and not {"params", "delta"} & set(result):
        return False
    passed = any(shape.has(role) for role in ("params", "layer", "layers", "pairs", "model"))
    return bool(result) or passed or shape.knows_params
