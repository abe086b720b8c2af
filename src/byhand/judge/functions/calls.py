"""Calls of a learner's function, or loss class, of two arrays; each call is made once, however many ways it is read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.names import target_place
from byhand.judge.functions.signatures import Signature, constructor, paired, signature, smoothing
from byhand.judge.model import FLOAT32, FLOAT64, NO_NUMBER, Definition, Outcome
from byhand.judge.phrases import returned
from byhand.judge.session import Leaf, Ref, Reply, Session

Array = NDArray[np.generic]
CONTAINERS = {"torch": "torch", "numpy": "NumPy", "list": "lists"}
"""What arrays a program may take, and their names in reports."""
KEPT = ("dinputs", "dinput", "grad_input", "grad", "gradient", "dx", "dlogits", "dz", "dpred", "grad_logits")
"""Attributes in which a class may leave its gradient."""
RESULTS: Mapping[str, re.Pattern[str]] = {
    "cross_entropy": re.compile(r"loss|ce\b|entropy|xent|nll|cost|损失|交叉熵", re.IGNORECASE),
    "kl_divergence": re.compile(r"kl|divergence|loss|散度|相对熵", re.IGNORECASE),
    "roc_auc": re.compile(r"auc|auroc|曲线下面积", re.IGNORECASE),
}
"""Keys, and names of fields, under which a result with several numbers has the one that counts."""
PARTS = 6
"""Arrays of a result that are looked at."""
LARGEST = 1 << 14
"""Elements of the largest of them, however large the inputs are: every array is kept while a definition is judged."""


@dataclass(frozen=True)
class Form:
    """One way to hand the two inputs over."""

    container: str
    """"torch", "numpy" or "list"."""
    places: tuple[int, int]
    """Which of the two parameters takes the prediction, and which the target."""
    kind: str
    """What the prediction is: "logits", "probabilities", …"""
    target: str
    """What the target is: "indices", "rows", …"""
    shape: str
    """"batch", "row", "scalar", …"""
    extra: tuple[tuple[str, float], ...] = ()
    """Arguments by name, such as a temperature."""
    columns: bool = False
    """Whether a sample is a column: matrices are turned over on their way in and out."""
    words: tuple[str, str] | None = None
    """What labels 0 and 1 are handed over as, if not as numbers."""


@dataclass(frozen=True)
class Raw:
    """What came back of one call."""

    arrays: tuple[Array, ...] = ()
    gradient: Array | None = None
    """Of the first scalar, or the first array, with respect to the prediction: by autograd, or by a method."""
    failure: Outcome | None = None
    eps: float = FLOAT64


@dataclass
class Calls:
    """All calls of one definition in one session."""

    signature: Signature
    task: str = ""
    made: dict[tuple[Form, str], Raw] = field(default_factory=dict)
    predicted: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """What changed formulas give, before it is read: a task's own."""
    first: int | None = None
    """The group of the first form that gave numbers: those of later groups are not tried."""
    derives: bool = False
    """Whether the class's own ``backward`` has given a gradient: a form in which it fails is none."""
    grad: bool = True
    """Whether tensors may come with ``requires_grad``."""
    varied: set[str] = field(default_factory=set)
    """Options of which other values than the default have been checked."""

    def make(
        self, session: Session, definition: Definition, form: Form, name: str, inputs: Mapping[str, Array], group: int
    ) -> Raw:
        """What the call gives on a probe of this name."""
        key = (form, name)
        if key not in self.made:
            if self.first is not None and group > self.first:
                return Raw(failure=Outcome(error="NotTried", message="another calling convention works"))
            raw = self._call(session, definition, form, inputs)
            if raw.arrays and (self.first is None or group < self.first):
                self.first = group
            self.made[key] = raw
        return self.made[key]

    def _call(self, session: Session, definition: Definition, form: Form, inputs: Mapping[str, Array]) -> Raw:
        grad = self.grad and form.container == "torch"
        reply = self.call(session, definition, form, inputs, grad=grad)
        if not reply.ok and grad and "grad" in reply.message:
            reply = self.call(session, definition, form, inputs, grad=False)
            self.grad, grad = self.grad and not reply.ok, False
        if not reply.ok:
            return Raw(failure=reply.outcome)
        most = _most(inputs)
        leaves = [(i, leaf) for i, leaf in enumerate(reply.leaves) if numeric(leaf) and prod(leaf.shape) <= most]
        leaves.sort(key=lambda pair: self._place(pair[1].path))
        # Integer tensors meet fractions in torch's default dtype, also where a Python number is handed over.
        whole = form.container == "torch" and np.asarray(inputs["pred"]).dtype.kind != "f"
        arrays, eps = [], FLOAT32 if whole else FLOAT64
        for i, leaf in leaves[:PARTS]:
            array = session.get("@out", i)
            if array is not None:
                arrays.append(turned(form, array))
                eps = max(eps, leaf.eps)
        if not arrays:
            return Raw(failure=Outcome(error=NO_NUMBER, instead=returned(_type(session))))
        gradient = None
        if self.signature.backward:
            gradient = self._backward(session, form, np.shape(turned(form, np.asarray(inputs["pred"]))))
            self.derives = self.derives or gradient is not None
            if self.derives and gradient is None:
                return Raw(failure=Outcome(error="NoGradient", message="backward gives no number"))
        if gradient is None and grad:
            gradient = self._autograd(session, leaves)
        return Raw(tuple(arrays), None if gradient is None else turned(form, gradient), None, eps)

    def _place(self, path: str) -> tuple[int, bool]:
        """Where a number stands among those of a result: outer ones first, and by their keys."""
        named = self.task in RESULTS and RESULTS[self.task].search(path)
        return path.count("[") + path.count("."), not named

    def call(
        self,
        session: Session,
        definition: Definition,
        form: Form,
        inputs: Mapping[str, Array],
        *,
        grad: bool = False,
        more: Mapping[str, object] | None = None,
        measure: bool = False,
        again: bool = False,
    ) -> Reply:
        """One call, of a class's new object or ``again`` of the last; it leaves "@pred", "@target" and "@out"."""
        self._put(session, form, inputs, grad)
        filled = dict(self._filled(session, form, inputs, self.signature.fill))
        kwargs = {**filled, **dict(form.extra), **(more or {})}
        function = definition.name
        if definition.is_class and self.signature.method == "apply":
            function = f"{definition.name}.apply"
        elif definition.is_class:
            options = {name: kwargs.pop(name) for name in list(kwargs) if name in definition.parameters}
            if not again and not (made := self.make_object(session, definition, inputs, options, form)).ok:
                return made
            function = f"@loss.{self.signature.method}"
        if self.signature.held:
            return session.call("@out", function, [], measure=measure)
        if self.signature.before:
            made = session.call("@given", f"@loss.{self.signature.before}", [Ref("@pred")])
            if not made.ok:
                return made
        if not self.signature.ends:
            return self._handed(session, "@out", function, form, kwargs, measure)
        reply = self._gathered(session, form, inputs, kwargs)
        return session.call("@out", f"@loss.{self.signature.ends}", measure=measure) if reply.ok else reply

    def _put(self, session: Session, form: Form, inputs: Mapping[str, Array], grad: bool) -> None:
        """Hand the inputs over, as "@pred" and "@target"; what is no array goes with the call itself."""
        for role in ("pred", "target"):
            array = turned(form, np.asarray(inputs[role]))
            kind = form.container if array.ndim or form.container == "torch" else "scalar"
            session.put(f"@{role}", array, kind, grad=grad and role == "pred" and array.dtype.kind == "f")
            if role == "target" and form.words:
                session.put("@target", array, "numpy" if form.container == "numpy" else "list", words=form.words)
        if self.signature.pairs:
            both = np.stack([np.asarray(inputs[role], np.float64) for role in ("pred", "target")], axis=1)
            session.put("@pairs", both[:, list(form.places)], "pairs" if form.container == "list" else form.container)

    def make_object(
        self,
        session: Session,
        definition: Definition,
        inputs: Mapping[str, Array],
        options: Mapping[str, object],
        form: Form,
    ) -> Reply:
        """An object of the class, as "@loss"."""
        made = dict(self._filled(session, form, inputs, tuple(constructor(definition).items())))
        named = dict(zip(self.signature.inputs, self._arguments(form), strict=True)) if self.signature.held else {}
        return session.call(
            "@loss", definition.name, [], {**named, **made, **dict.fromkeys(smoothing(definition), 0.0), **options}
        )

    def _filled(
        self, session: Session, form: Form, inputs: Mapping[str, Array], fill: tuple[tuple[str, object], ...]
    ) -> Iterator[tuple[str, object]]:
        """Arguments that are none of the two.

        "K" and "N" are the numbers of columns and rows, "I" the identity of as many rows, "0" a zero for each column.
        """
        shape = np.shape(inputs["pred"]) or (1,)
        known = {"K": shape[-1], "N": shape[0]}
        for name, value in fill:
            if value in ("I", "0"):
                array = np.eye(shape[0]) if value == "I" else np.zeros(shape[1:])
                yield name, session.put(f"@{name}", array, form.container)
            else:
                yield name, known.get(str(value), value)

    def _arguments(self, form: Form) -> list[object]:
        """What is handed over for the two inputs, in their order."""
        args: list[object] = [None, None]
        args[form.places[0]] = Ref("@given" if self.signature.before else "@pred")
        args[form.places[1]] = Ref("@target")
        return args

    def _handed(
        self, session: Session, out: str, function: str, form: Form, kwargs: Mapping[str, object], measure: bool
    ) -> Reply:
        """A call with "@pred" and "@target" at the form's places, by position if nothing else is given."""
        if self.signature.pairs:
            return session.call(out, function, [Ref("@pairs")], kwargs, measure)
        args = self._arguments(form)
        if not kwargs:
            return session.call(out, function, args, measure=measure)
        named = dict(zip(self.signature.inputs, args, strict=True))
        return session.call(out, function, [], {**named, **kwargs}, measure=measure)

    def _gathered(
        self, session: Session, form: Form, inputs: Mapping[str, Array], kwargs: Mapping[str, object]
    ) -> Reply:
        """Feed a metric with what was put there, or with one sample after the other."""
        method = f"@loss.{self.signature.method}"
        if form.shape != "one by one":
            return self._handed(session, "@gathered", method, form, kwargs, False)
        for i in range(len(inputs["pred"])):
            for role, array in inputs.items():
                session.put(f"@{role}", np.asarray(array[i]), "scalar")
            reply = self._handed(session, "@gathered", method, form, kwargs, False)
            if not reply.ok:
                break
        return reply

    def feed(self, session: Session, form: Form, inputs: Mapping[str, Array]) -> Array | None:
        """What a metric that is there as "@loss" gives after one more batch; None if no number."""
        for role in ("pred", "target"):
            session.put(f"@{role}", np.asarray(inputs[role]), form.container)
        kwargs = dict(self._filled(session, form, inputs, self.signature.fill))
        if not self._gathered(session, form, inputs, kwargs).ok:
            return None
        reply = session.call("@out", f"@loss.{self.signature.ends}")
        return session.get("@out") if reply.ok and reply.leaves and numeric(reply.leaves[0]) else None

    def _backward(self, session: Session, form: Form, shape: tuple[int, ...]) -> Array | None:
        """What the class's own method gives as gradient, or leaves in an attribute."""
        reply = self.differentiate(session, form, 1.0)
        if not reply.ok:
            return None
        places = [("@dx", i) for i, leaf in enumerate(reply.leaves) if leaf.shape == shape and numeric(leaf)]
        kept = [f"@loss.{kept}" for kept in KEPT if not places and session.leaves(f"@loss.{kept}")]
        for found, i in [*places, *((name, 0) for name in kept)]:
            return session.get(found, i)
        return None

    def differentiate(
        self, session: Session, form: Form, seed: object, more: Mapping[str, object] | None = None
    ) -> Reply:
        """The answer of the class's own method, as "@dx"; ``seed`` stands for all but prediction and target."""
        asks, name = self.signature.asks, f"@loss.{self.signature.backward}"
        roles = {
            self.signature.inputs[place]: role for place, role in zip(form.places, ("pred", "target"), strict=True)
        }
        if len(asks) == 2:
            target = target_place((asks[0], asks[1]))
            order = [role for _, role in sorted(zip(form.places, ("pred", "target"), strict=True))]
            order = order if target is None else ["pred", "target"] if target else ["target", "pred"]
            roles = {**dict(zip(asks, order, strict=True)), **roles}
        return session.call("@dx", name, [Ref(f"@{roles[ask]}") if ask in roles else seed for ask in asks], more)

    def _autograd(self, session: Session, leaves: list[tuple[int, Leaf]]) -> Array | None:
        """The gradient of the first scalar, else of the first array's sum; None if there is none."""
        tensors = [(i, leaf) for i, leaf in leaves if leaf.type.startswith("torch.float")]
        scalars = [(i, leaf) for i, leaf in tensors if np.prod(leaf.shape) == 1]
        for i, _ in [*scalars, *tensors][:1]:
            if session.backward("@out", i).ok:
                return session.get("@pred.grad")
        return None


def turned(form: Form, array: Array) -> Array:
    """A matrix of columns as one of rows, or the other way round."""
    return array.T if form.columns and array.ndim == 2 else array


def _most(inputs: Mapping[str, Array]) -> int:
    """Elements of the largest array that a reading wants: a number for each pair of the input's."""
    return min(max(np.size(inputs["pred"]), np.size(inputs["target"]), 8) ** 2, LARGEST)


def numeric(leaf: Leaf) -> bool:
    """Whether a leaf is numbers: none of None, strings and truth values."""
    return leaf.type not in ("None", "str", "NoneType") and "bool" not in leaf.type


def fit(definition: Definition, task: str) -> Calls | None:
    """A fresh memory of calls; None if it cannot be called with two inputs, or, for ROC AUC, with pairs."""
    found = signature(definition) or (paired(definition) if task == "roc_auc" else None)
    return Calls(found, task) if found is not None else None


def _type(session: Session) -> str:
    """The type of what the last call returned; "None" for None."""
    return str(session.facts("@out").get("type", "")).rpartition(".")[2].replace("NoneType", "None")
