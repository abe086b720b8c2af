"""Ways to call a learner's optimizer: what holds its numbers, how several tensors are handed over, what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from byhand.judge.optimizers.outside import outside, shape_outside
from byhand.judge.optimizers.reading import (
    SCALARS,
    STORED,
    TORCH,
    bundles,
    containers,
    countless,
    firsts,
    keys,
    listed,
    makings,
    rate_of,
    results,
    unpacked,
)
from byhand.judge.optimizers.shape import Maker, Shape
from byhand.judge.optimizers.source import Source
from byhand.judge.optimizers.stream import GradientStream
from byhand.judge.optimizers.words import HYPER, NEEDS, STATES, ZERO_GRADS
from byhand.judge.task import Convention

WRAPPED = r"\.grad\.(data|cached_data|value|zero|numpy)\b"
"""What is asked of gradients that are objects with numbers inside."""
MOST = 16
"""Ways that are tried at most."""
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
    """One way to call it."""

    shape: Shape = field(default=Shape(None, "", (), ((),)))
    container: str = "torch"
    """torch, parameter (a leaf of autograd), numpy, list, scalar, box (has ``data`` and ``grad``), value (0-d box),
    variable (has ``assign_sub``)."""
    bundle: str = "list"
    """list, dict, single, pair (``w, b, dw, db``), lists (``weights, biases, dW, db``, a list each)."""
    graded: bool = False
    """Whether gradients are in ``.grad``; else they are handed over."""
    result: tuple[str, ...] = ()
    fixed: tuple[tuple[str, float], ...] = ()
    """Hyperparameters that can't be set, with the values that the text has."""
    first: int = 1
    """What the caller calls the first step, if the caller counts."""
    scaled: bool = True
    """Of a result "delta": whether lr is in it already."""
    added: bool = False
    """Of a result "delta": whether it is added, not subtracted."""
    keys: tuple[tuple[str, str], ...] = ()
    """Of dicts that hold hyperparameters and states: key and role."""
    prefixed: bool = False
    """Whether the gradient of "W1" is called "dW1"."""
    empty: bool = False
    """Whether a dict of states starts without them."""
    makers: tuple[Maker, ...] = ()
    """What makes the state and the configuration that the caller keeps."""
    unpacked: tuple[str, ...] = ()
    """Roles of the parts of a state that is a tuple."""
    wrapped: bool = False
    """Whether a gradient is itself an object with ``data``."""
    paired: bool = False
    """Whether states are a list of tuples, one a tensor."""
    rate: str = ""
    """Where lr can be changed between steps: "argument", "param_groups" with its key, or an attribute."""
    kept: str = ""
    """The attribute in which an object keeps its parameters."""
    own: str = ""
    """The program's own tensor class that parameters are made of, "" if it is a stand-in of ours."""
    asks: bool = False
    """Whether its constructor already looks at gradients."""
    outside: bool = False
    """Whether a function may keep state in names of its program's top level."""
    held: tuple[int, ...] | None = None
    """The shape of its arrays there, which is that of the tensors too; None where any will do."""
    around: tuple[str, str] = ("", "")
    """Methods that are called before the step and after it, "" if there is none."""
    zero: str = ""
    """The method that forgets the gradients, "" if there is none."""
    generator: bool = False
    """Whether its parameters may be a generator, as those of torch's modules are."""
    countless: bool = False
    """Whether any number of tensors can be handed over."""

    @property
    def together(self) -> bool:
        """Whether several tensors are moved in one step."""
        return self.bundle != "single"

    @property
    def count(self) -> int:
        """How many tensors it is tried with."""
        if self.shape.layout:
            return self.shape.layout.count
        if self.shape.named:
            return self.shape.named
        return 4 if self.bundle in ("nested", "four", "lists") else 2 if self.together else 1

    def fitted(self, stream: GradientStream) -> GradientStream:
        """A run with as many tensors as are handed over, in the shape of the state that the program keeps."""
        stream = stream.spread(self.count) if self.count > 2 else stream
        return stream.shaped(self.held) if self.held else stream

    @property
    def hyper(self) -> set[str]:
        """Hyperparameters that can be set."""
        named = {p.role for p in self.shape.parameters} | {role for _, role in self.keys}
        named |= {p.role for maker in self.makers for p in maker.parameters}
        named |= {role for _, role in self.shape.layout.options} if self.shape.layout else set()
        both = {"beta1", "beta2"} if "betas" in named else set()
        return (named | both | (set() if self.scaled else {"lr"})) & set(HYPER)

    def describe(self) -> Mapping[str, str]:
        """What the report says of it."""
        interface = "function" if self.shape.construct is None else f"class with {self.shape.method}"
        interface = "function that makes the step" if self.shape.made else interface
        interface = "method" if self.shape.layout and self.shape.layout.role == "self" else interface
        interface = "init and update" if self.shape.parts or self.shape.path else interface
        held = {
            "parameter": "torch parameters",
            "torch": "torch tensors",
            "numpy": "NumPy arrays",
            "list": "Python lists",
            "scalar": "Python numbers",
            "variable": "TensorFlow variables",
            "box": "objects with data and grad",
            "value": "objects with data and grad",
        }[self.container]
        bundles = {"list": "a list", "dict": "a dict", "single": "one tensor", "pair": "w and b", "four": "a dict"}
        bundles["lists"] = "lists of w and of b"
        said = {"interface": interface, "numbers": held, "parameters": bundles.get(self.bundle, "a list of layers")}
        if self.shape.named:
            said["parameters"] = "w and b"
        if self.shape.layout:
            objects = {"layer": "a layer", "layers": "a list of layers"}
            said["parameters"] = objects.get(self.shape.layout.role, "a model")
        said["gradients"] = "in .grad" if self.graded else "handed over"
        if "params" in self.result:
            said["result"] = "new values"
        elif STORED in self.result:
            said["result"] = f"in {self.kept}"
        elif "delta" in self.result:
            said["result"] = "a step to add" if self.added else "a step to subtract"
            if not self.scaled:
                said["result"] += ", times lr"
        else:
            said["result"] = "in place"
        if self.shape.has("t"):
            said["first step"] = str(self.first)
        return said | {role: f"{value:g}" for role, value in self.fixed if value}


def ways(source: Source) -> list[Way]:
    """Ways that the text of a definition allows, likely ones first."""
    shape = source.shape
    if shape is None:
        return []
    handed = shape.layout or shape.named or shape.asks or shape.has("pairs") or "grads" in shape.entries
    handed = handed or any(p.role == "grads" and p.required for p in shape.parameters)
    graded = not handed and (not shape.has("grads") or ".grad" in source.text)
    found = []
    for (c, container), (b, bundle), (r, result), (m, makers) in product(
        enumerate(containers(source, graded)),
        enumerate(bundles(source, shape)),
        enumerate(results(source, shape, graded)),
        enumerate(makings(source, shape)),
    ):
        if not _possible(container, bundle, result, shape):
            continue
        named = keys(source, shape, makers)
        parts = product(enumerate(firsts(source, shape, makers)), _steps(source, shape, result, named, makers))
        for (f, first), (extra, scaled, added, fixed) in parts:
            way = Way(
                cost=min(9, c + b + (r if STORED not in result or r == 0 else 5) + 2 * f + m + extra),
                shape=shape,
                container=container,
                bundle=bundle,
                graded=graded,
                result=result,
                fixed=fixed,
                first=first,
                scaled=scaled,
                added=added,
                keys=named,
                makers=makers,
                unpacked=() if makers else unpacked(source, shape),
                prefixed=re.search(r"['\"]d['\"]|['\"]dW", source.text) is not None,
                empty=re.search(r"setdefault\(|\.get\(|not in |if not ", source.text) is not None,
                wrapped=container in ("box", "value") and re.search(WRAPPED, source.text) is not None,
                own=source.tensor if container in ("box", "value") else "",
                asks=container in ("box", "value") and ".grad" in source.beginning,
                paired=len(STATES[source.task]) > 1 and listed(source, shape),
                rate=rate_of(source, shape),
                kept=source.attribute("params"),
                around=(source.present("pre_update_params"), source.present("post_update_params")),
                zero=next((name for name in ZERO_GRADS if source.method(name)), ""),
                generator=container in TORCH and (source.is_of_torch or not source.definition.imports),
                countless=countless(source, shape),
                outside=bool(outside(source.definition)) or source.bound,
                held=shape_outside(source.definition) if bundle == "single" and container not in SCALARS else None,
            )
            found.append(way)
    return sorted(found, key=lambda way: way.cost)[:MOST]


def _steps(
    source: Source, shape: Shape, result: tuple[str, ...], keys: tuple[tuple[str, str], ...], makers: tuple[Maker, ...]
) -> Iterator[tuple[int, bool, bool, tuple[tuple[str, float], ...]]]:
    """For each reading of the result and of what can't be set: cost, scaled, added, fixed."""
    named = {p.role for p in shape.parameters} | {role for _, role in keys}
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
    """Values that a hyperparameter may have that can't be set, likely ones first."""
    if role == "weight_decay" and source.task == "adam":
        return [0.0]
    low, high = _RANGE[role]
    default = [1e-2] if role == "weight_decay" else [DEFAULTS[role]]
    others = [p.default for p in source.shape.parameters if p.role] if source.shape else []
    there = sorted((x for x in source.numbers if low <= x <= high), key=lambda x: x in others)
    told = [x for x in source.assigned(role) if x > 0]
    first = [x for x in default if x in there]
    return list(dict.fromkeys([*told[:2]] or [*first, *there, *default]))[:3]


def _possible(container: str, bundle: str, result: tuple[str, ...], shape: Shape) -> bool:
    if shape.asks or shape.layout or shape.named:
        return True
    if shape.has("model") and container not in ("parameter", "box"):
        return False
    if container == "list" and bundle in ("list", "lists", "pair"):
        return False
    if container == "scalar" and bundle in ("single", "pair") and not {"params", "delta"} & set(result):
        return False
    there = any(shape.has(role) for role in ("params", "layer", "layers", "pairs", "model"))
    return bool(result) or there or shape.stored
