"""Ways to call a learner's optimizer: what holds its numbers, how several tensors are handed over, what comes back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from byhand.judge.task import Convention
from byhand.judge.tasks._optimizer_source import ZERO_GRADS, Shape, Source
from byhand.judge.tasks._optimizer_words import HYPER, NEEDS, STATES, roles

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
SCALARS = ("scalar", "value")
"""Containers whose tensors are single numbers."""
STORED = "stored"
"""A result: new values are in the object's own attribute."""
TORCH = ("parameter", "torch")
"""Containers whose tensors are torch's."""


@dataclass(frozen=True)
class Way(Convention):
    """One way to call it."""

    shape: Shape = field(default=Shape(None, "", (), ((),)))
    container: str = "torch"
    """torch, parameter (a leaf of autograd), numpy, list, scalar, box (has ``data`` and ``grad``), value (0-d box)."""
    bundle: str = "list"
    """list, dict, single, pair (``w, b, dw, db``)."""
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
    paired: bool = False
    """Whether states are a list of tuples, one a tensor."""
    rate: str = ""
    """Where lr can be changed between steps: "argument", "param_groups", or an attribute."""
    kept: str = ""
    """The attribute in which an object keeps its parameters."""
    slots: tuple[tuple[str, str], ...] = ()
    """Attributes of a layer: of each tensor, and of its gradient."""
    around: tuple[str, str] = ("", "")
    """Methods that are called before the step and after it, "" if there is none."""
    zero: str = ""
    """The method that forgets the gradients, "" if there is none."""

    @property
    def together(self) -> bool:
        """Whether several tensors are moved in one step."""
        return self.bundle != "single"

    @property
    def hyper(self) -> set[str]:
        """Hyperparameters that can be set."""
        named = {p.role for p in self.shape.parameters} | {role for _, role in self.keys}
        both = {"beta1", "beta2"} if "betas" in named else set()
        return (named | both | (set() if self.scaled else {"lr"})) & set(HYPER)

    def describe(self) -> Mapping[str, str]:
        """What the report says of it."""
        interface = "function" if self.shape.construct is None else f"class with {self.shape.method}"
        interface = "function that makes the step" if self.shape.made else interface
        held = {
            "parameter": "torch parameters",
            "torch": "torch tensors",
            "numpy": "NumPy arrays",
            "list": "Python lists",
            "scalar": "Python numbers",
            "box": "objects with data and grad",
            "value": "objects with data and grad",
        }[self.container]
        bundles = {"list": "a list", "dict": "a dict", "single": "one tensor", "pair": "w and b"}
        said = {"interface": interface, "numbers": held, "parameters": bundles[self.bundle]}
        said["parameters"] = "a layer" if self.slots else said["parameters"]
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
    handed = any(p.role in ("layer", "pairs") or (p.role == "grads" and p.required) for p in shape.parameters)
    graded = not handed and (not shape.has("grads") or ".grad" in source.text)
    keys = _keys(source, shape)
    found = []
    for (c, container), (b, bundle), (r, result), (f, first) in product(
        enumerate(_containers(source, graded)),
        enumerate(_bundles(source, shape)),
        enumerate(_results(source, shape, graded)),
        enumerate(_firsts(source, shape)),
    ):
        if not _possible(container, bundle, result, shape):
            continue
        for extra, scaled, added, fixed in _steps(source, shape, result, keys):
            way = Way(
                cost=min(9, c + b + (r if STORED not in result else 5) + 2 * f + extra),
                shape=shape,
                container=container,
                bundle=bundle,
                graded=graded,
                result=result,
                fixed=fixed,
                first=first,
                scaled=scaled,
                added=added,
                keys=keys,
                prefixed=re.search(r"['\"]d['\"]|['\"]dW", source.text) is not None,
                empty=re.search(r"setdefault\(|\.get\(|not in |if not ", source.text) is not None,
                paired=len(STATES[source.task]) > 1 and _listed(source, shape),
                rate=_rate(source, shape),
                kept=source.attribute("params"),
                slots=source.slots if shape.has("layer") else (),
                around=(source.present("pre_update_params"), source.present("post_update_params")),
                zero=next((name for name in ZERO_GRADS if source.method(name)), ""),
            )
            found.append(way)
    return sorted(found, key=lambda way: way.cost)[:MOST]


def _containers(source: Source, graded: bool) -> list[str]:
    """What may hold the numbers, by what the text calls."""
    text = source.text
    torch = re.search(
        r"\btorch\b|\.detach\(|\.data_ptr|no_grad|\.sqrt\(\)|\.(add|mul|sub|div|copy|addc\w+|zero)_\(", text
    )
    numpy = re.search(r"\b(np|numpy)\.", text)
    scalars = re.search(r"\bmath\.|(?<![.\w])sqrt\(", text)
    if graded:
        imported = re.search(r"^\s*(?:import|from) (torch|numpy)\b", source.definition.program, re.MULTILINE)
        if torch or source.is_optimizer_of_torch or (imported and imported[1] == "torch"):
            return ["parameter"] if re.search(r"no_grad|\.data\b|inference_mode", text) else ["parameter", "torch"]
        return ["box", "value", "parameter"] if numpy or imported else [*("value", "box", "parameter", "torch")]
    if torch:
        return ["torch"] if not numpy else ["torch", "numpy"]
    if numpy:
        return ["numpy"]
    return ["list", "scalar", "numpy"] if scalars else ["numpy", "torch", "list", "scalar"]


def _bundles(source: Source, shape: Shape) -> list[str]:
    """How several tensors may be handed over; what is indexed by a name of the text's own making may be a dict."""
    found = _said(source, shape)
    names = "|".join(re.escape(p.name) for p in shape.arguments if p.role in ("params", "grads"))
    indexed = names and re.search(rf"(?<!\w)(?:{names})\[[\w'\"]", source.text)
    return [*found, "dict"] if indexed and "list" in found and "dict" not in found else found


def _said(source: Source, shape: Shape) -> list[str]:
    """How several tensors are handed over, by how the text goes through them."""
    if shape.has("bias"):
        return ["pair"]
    if shape.has("key"):
        return ["single"]
    if shape.has("layer") or shape.has("pairs"):
        return ["list"]
    names = {p.name for p in shape.parameters if p.role in ("params", "grads")}
    held = {f"self.{attribute}" for attribute in (source.attribute("params"), source.attribute("grads")) if attribute}
    some = rf"(?<!\w)(?:{'|'.join(re.escape(name) for name in sorted(names | held, key=len, reverse=True))})"
    text = source.text
    if re.search(rf"({some})\.(keys|items|values)\(|\[['\"]d?[Ww]['\"]|({some})\[(['\"]|key|name|k\b|f')", text):
        return ["dict"]
    if re.search(rf"\bin ({some})\b(?=[:\])])", text) and re.search(rf"for (\w+) in ({some})\b", text):
        loop = re.search(rf"for (\w+) in ({some})\b", text)
        if loop and re.search(rf"({some})\[{loop[1]}\]", text):
            return ["dict"]
    if re.search(rf"(enumerate|zip|list|len|tuple)\((\w[\w.]*, )*({some})\b|\bin ({some})\b|({some})\[i\]", text):
        return ["list"] if shape.stored else ["list", "single"]
    if shape.has("model") or ("super().__init__(" in text and shape.stored):
        return ["list"] if shape.has("model") else ["list", "dict"]
    return ["single", "list"]


def _firsts(source: Source, shape: Shape) -> list[int]:
    """What the first step may be called by a caller who counts."""
    name = next((p.name for p in shape.arguments if p.role == "t"), "")
    counted = any(role == "t" for _, role in _keys(source, shape))
    if not name and not counted:
        return [1]
    pattern = rf"\b{re.escape(name)} \+ 1|\b{re.escape(name)} \+= 1" if name else r"\['t'\] (\+ 1|\+= 1)"
    return [0, 1] if re.search(pattern, source.text) else [1]


def _results(source: Source, shape: Shape, graded: bool) -> list[tuple[str, ...]]:
    """What may be handed back; of an object with parameters of its own, last, that they are to be read there."""
    own = [(STORED,)] if shape.stored and not graded and source.attribute("params") else []
    return [*shape.returns, *own]


def _possible(container: str, bundle: str, result: tuple[str, ...], shape: Shape) -> bool:
    if shape.has("model") and container != "parameter":
        return False
    if container == "list" and bundle in ("list", "pair"):
        return False
    if container == "scalar" and bundle in ("single", "pair") and not {"params", "delta"} & set(result):
        return False
    there = any(shape.has(role) for role in ("params", "layer", "pairs"))
    return bool(result) or there or shape.stored


def _keys(source: Source, shape: Shape) -> tuple[tuple[str, str], ...]:
    """Keys of dicts among the parameters: d2l's ``hyperparams['lr']``, CS231n's ``config['m']``."""
    if not (shape.has("config") or shape.has("state")):
        return ()
    found: list[tuple[str, str]] = []
    for word in source.strings:
        role = next((r for r in roles(source.task, word, True) if r in (*HYPER, "betas", "t")), "")
        role = next((r for r in roles(source.task, word, False) if r in STATES[source.task]), role)
        if role and role not in [r for _, r in found]:
            found.append((word, role))
    return tuple(found)


def _listed(source: Source, shape: Shape) -> bool:
    """Whether what is called state is a list, one entry a tensor, and no dict."""
    name = next((p.name for p in shape.parameters if p.role == "state"), "")
    return bool(name) and re.search(rf"\b{name}\b(\[['\"]|\.get|\.setdefault)|in {name}\b:", source.text) is None


def _steps(
    source: Source, shape: Shape, result: tuple[str, ...], keys: tuple[tuple[str, str], ...]
) -> Iterator[tuple[int, bool, bool, tuple[tuple[str, float], ...]]]:
    """For each reading of the result and of what can't be set: cost, scaled, added, fixed."""
    named = {p.role for p in shape.parameters} | {role for _, role in keys}
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


def _rate(source: Source, shape: Shape) -> str:
    if any(p.role == "lr" for p in shape.arguments) or (shape.construct is None and shape.has("config")):
        return "argument"
    if source.is_optimizer_of_torch:
        return "param_groups"
    kept = set(source.attributes("lr"))
    return kept.pop() if len(kept) == 1 else ""  # of two, one may be what it was at first
