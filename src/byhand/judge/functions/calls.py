"""Calls of a learner's function or loss class of two arrays; each call is made once and read in several ways."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
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
CONTAINERS = {
    "torch": "torch",
    "numpy": "NumPy",
    "list": "lists",
    "dict": "dicts",
    "pandas": "pandas",
    "box": "objects with data",
}
"""The kinds of arrays that a program may take, and their names in reports."""
KEPT = ("dinputs", "dinput", "grad_input", "grad", "gradient", "dx", "dlogits", "dz", "dpred", "grad_logits")
"""Attributes in which a class may leave its gradient."""
LEFT = ("g", "grad")
"""Attributes of the prediction in which a class may leave it."""
RESULTS: Mapping[str, re.Pattern[str]] = {
    "cross_entropy": re.compile(r"loss|ce\b|entropy|xent|nll|cost|损失|交叉熵", re.IGNORECASE),
    "kl_divergence": re.compile(r"kl|divergence|loss|散度|相对熵", re.IGNORECASE),
    "roc_auc": re.compile(r"auc|auroc|\barea\b|曲线下面积", re.IGNORECASE),
}
"""Keys or field names of the loss in a result with several numbers."""
_GRADIENT = re.compile(r"grad|^(?:self\.)?d_?[a-zA-Z]\w{0,6}$|delta|梯度")
"""In the name of a part of a result that is a gradient."""
_COUNT = re.compile(r"^(?:len\(|(?:n|num|count|total|size)(?:_|$)|\w+\.shape\[)|_(?:num|n|count|counts|total)$|\.size$")
"""A part of a result that counts samples, as it is written."""
PARTS = 6
"""How many arrays of a result are read."""
ROWS = 64
"""The most rows of matrices that are passed as a list of pairs."""
LARGEST = 1 << 14
"""The largest array of a result that is read, in elements: all arrays stay in memory while a definition is judged."""


@dataclass(frozen=True)
class Form:
    """One way to pass the two inputs."""

    container: str
    """One of :data:`CONTAINERS`."""
    places: tuple[int, int]
    """Which of the two parameters takes the prediction, and which the target."""
    kind: str
    """What the prediction is.

    - Of both losses: "logits", "probabilities", "log-probabilities", one per class; "binary probabilities", of class 1.
    - Of cross-entropy also "binary logits", of class 1.
    - Of KL divergence this is the kind of Q. P has the same, or with "log-probabilities of Q" is probabilities.
    - Of ROC AUC: "scores".
    """
    target: str
    """What the target is.

    - "indices": the class of each row.
    - "rows": a weight for each class: one-hot rows, and soft targets, which count in full. P for KL divergence.
    - "one-hot": the same, for a program that takes the argmax of soft targets, which is a mistake.
    - "one-hot only": one-hot rows; the program gets no soft targets.
    - "soft": rows without a 0; one-hot rows are an edge.
    - "itself": the prediction; the program takes no target.
    - "0/1", "±1", "true/false" and "words": for two classes, the label as a number, a bool or one of :attr:`words`.
    """
    shape: str
    """"batch", "row", "sequences" (batch, position, class); for two classes "vector", "scalar", …"""
    extra: tuple[tuple[str, float], ...] = ()
    """Additional arguments by name, such as a temperature."""
    columns: bool = False
    """Whether a sample is a column: then matrices are transposed before and after the call."""
    words: tuple[str, str] | None = None
    """The words passed for labels 0 and 1, if labels are not numbers."""


@dataclass(frozen=True)
class Raw:
    """The result of one call."""

    arrays: tuple[Array, ...] = ()
    gradient: Array | None = None
    """The gradient of the first scalar or array with respect to the prediction, by autograd or by a method."""
    failure: Outcome | None = None
    eps: float = FLOAT64


@dataclass
class Calls:
    """All calls of one definition in one session."""

    signature: Signature
    task: str = ""
    made: dict[tuple[Form, str], Raw] = field(default_factory=dict)
    predicted: dict[tuple[object, ...], Any] = field(default_factory=dict)
    """Results of formulas, in a form of the task's own, before they are read in one of the ways."""
    working_group: int | None = None
    """The group of the first form that gave numbers; forms of later groups are not tried."""
    has_backward: bool = False
    """Whether the class's own ``backward`` has given a gradient; then forms in which it fails are rejected."""
    accepts_grad: bool = True
    """Whether tensors may have ``requires_grad``."""
    checked_options: set[str] = field(default_factory=set)
    """Options that were checked at other values than the default."""

    def make(
        self, session: Session, definition: Definition, form: Form, name: str, inputs: Mapping[str, Array], group: int
    ) -> Raw:
        """The result of the call for the probe of this name."""
        key = (form, name)
        if key not in self.made:
            if self.working_group is not None and group > self.working_group:
                return Raw(failure=Outcome(error="NotTried", message="another calling convention works"))
            raw = self._call(session, definition, form, inputs)
            if raw.arrays and (self.working_group is None or group < self.working_group):
                self.working_group = group
            self.made[key] = raw
        return self.made[key]

    def _call(self, session: Session, definition: Definition, form: Form, inputs: Mapping[str, Array]) -> Raw:
        grad = self.accepts_grad and form.container == "torch"
        reply = self.call(session, definition, form, inputs, grad=grad)
        if not reply.ok and grad and "grad" in reply.message:
            reply = self.call(session, definition, form, inputs, grad=False)
            self.accepts_grad, grad = self.accepts_grad and not reply.ok, False
        if not reply.ok:
            return Raw(failure=reply.outcome)
        most = _largest(inputs)
        leaves = [(i, leaf) for i, leaf in enumerate(reply.leaves) if numeric(leaf) and prod(leaf.shape) <= most]
        leaves.sort(key=lambda pair: self._place(pair[1].path))
        # From integer inputs torch computes fractions in its default dtype, float32, also for Python numbers.
        whole = form.container == "torch" and np.asarray(inputs["pred"]).dtype.kind != "f"
        arrays, eps = [], FLOAT32 if whole else FLOAT64
        for i, leaf in leaves[:PARTS]:
            array = session.get("@out", i)
            if array is not None:
                arrays.append(transposed(form, array))
                eps = max(eps, leaf.eps)
        if not arrays:
            return Raw(failure=Outcome(error=NO_NUMBER, instead=returned(_type(session))))
        gradient = None
        if self.signature.backward:
            gradient = self._backward(session, form, np.shape(transposed(form, np.asarray(inputs["pred"]))))
            self.has_backward = self.has_backward or gradient is not None
            if self.has_backward and gradient is None:
                return Raw(failure=Outcome(error="NoGradient", message="backward gives no number"))
        if gradient is None and grad:
            gradient = self._autograd(session, leaves)
        return Raw(tuple(arrays), None if gradient is None else transposed(form, gradient), None, eps)

    def _place(self, path: str) -> tuple[int, bool, bool]:
        """A sort key for the numbers of a result: outer ones first, those whose key names the loss, counts last."""
        part = self._part(path)
        named = self.task in RESULTS and RESULTS[self.task].search(path + part)
        return path.count("[") + path.count("."), not named, bool(_COUNT.search(part))

    def _part(self, path: str) -> str:
        """How the text writes this part of the tuple that it returns; "" if it returns a gradient too."""
        parts, place = self.signature.returned, re.fullmatch(r"\[(\d+)\]", path)
        if place is None or int(place[1]) >= len(parts) or any(_GRADIENT.search(part) for part in parts):
            return ""
        return parts[int(place[1])]

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
        """One call, for a class of a new object, or with ``again`` of the last one.

        The session then has the inputs as "@pred" and "@target", and the result as "@out".
        """
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
        if self.signature.inputs_in_constructor:
            return session.call("@out", function, [], measure=measure)
        if self.signature.forward_method:
            made = session.call("@given", f"@loss.{self.signature.forward_method}", [Ref("@pred")])
            if not made.ok:
                return made
        if self.signature.target_alone:
            return session.call("@out", function, [Ref("@target")], measure=measure)
        if not self.signature.result_method:
            return self._pass(session, "@out", function, form, kwargs, measure)
        reply = self._feed(session, form, inputs, kwargs)
        return session.call("@out", f"@loss.{self.signature.result_method}", measure=measure) if reply.ok else reply

    def _put(self, session: Session, form: Form, inputs: Mapping[str, Array], grad: bool) -> None:
        """Put the inputs into the session, as "@pred" and "@target"."""
        for role in ("pred", "target"):
            array = transposed(form, np.asarray(inputs[role]))
            kind = form.container if array.ndim or form.container == "torch" else "scalar"
            session.put(f"@{role}", array, kind, grad=grad and role == "pred" and array.dtype.kind == "f")
            if role == "target" and form.words:
                session.put("@target", array, "numpy" if form.container == "numpy" else "list", words=form.words)
        if self.signature.pairs_parameter:
            self._put_pairs(session, form, [np.asarray(inputs[role]) for role in ("pred", "target")])

    def _put_pairs(self, session: Session, form: Form, arrays: Sequence[Array]) -> None:
        """Put the list of pairs into the session, as "@both.pairs"; each row of a matrix is an array of its own."""
        session.put("@both", 0.0, "holder")
        if all(array.ndim == 1 for array in arrays):
            both = np.stack([np.asarray(array, np.float64) for array in arrays], axis=1)[:, list(form.places)]
            session.set(
                "@both.pairs", session.put("@pairs", both, "pairs" if form.container == "list" else form.container)
            )
            return
        rows = []
        for i in range(min(ROWS, *map(len, map(np.atleast_1d, arrays)))):
            row = [np.atleast_1d(array)[i] for array in arrays]
            kinds = [form.container if np.ndim(part) else "scalar" for part in row]
            pair = [session.put(f"@pair{i}of{k}", part, kinds[k]) for k, part in enumerate(row)]
            rows.append(tuple(pair[place] for place in form.places))
        session.set("@both.pairs", rows)

    def make_object(
        self,
        session: Session,
        definition: Definition,
        inputs: Mapping[str, Array],
        options: Mapping[str, object],
        form: Form,
    ) -> Reply:
        """Make an object of the class, as "@loss"."""
        made = dict(self._filled(session, form, inputs, tuple(constructor(definition).items())))
        named: dict[str, object] = {}
        if self.signature.inputs_in_constructor:
            named = dict(zip(self.signature.inputs, self._arguments(form), strict=True))
        return session.call(
            "@loss", definition.name, [], {**named, **made, **dict.fromkeys(smoothing(definition), 0.0), **options}
        )

    def _filled(
        self, session: Session, form: Form, inputs: Mapping[str, Array], fill: tuple[tuple[str, object], ...]
    ) -> Iterator[tuple[str, object]]:
        """The values of other arguments than the two inputs.

        "K" and "N" are the numbers of columns and rows, "I" is the identity matrix, "0" is zeros, one per column.
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
        """The arguments for the two inputs, in the order of the parameters; for a single input, the prediction."""
        if self.signature.single:
            return [Ref("@pred")]
        args: list[object] = [None, None]
        args[form.places[0]] = Ref("@given" if self.signature.forward_method else "@pred")
        args[form.places[1]] = Ref("@target")
        return args

    def _pass(
        self, session: Session, out: str, function: str, form: Form, kwargs: Mapping[str, object], measure: bool
    ) -> Reply:
        """A call with "@pred" and "@target" at the form's places; by position if there are no other arguments."""
        if self.signature.pairs_parameter:
            return session.call(out, function, [Ref("@both.pairs")], kwargs, measure)
        args = self._arguments(form)
        if not kwargs:
            return session.call(out, function, args, measure=measure)
        named = dict(zip(self.signature.inputs, args, strict=not self.signature.single))
        return session.call(out, function, [], {**named, **kwargs}, measure=measure)

    def _feed(self, session: Session, form: Form, inputs: Mapping[str, Array], kwargs: Mapping[str, object]) -> Reply:
        """Feed a metric with the inputs in the session, or with one sample after the other."""
        method = f"@loss.{self.signature.method}"
        if form.shape != "one by one":
            return self._pass(session, "@gathered", method, form, kwargs, False)
        for i in range(len(inputs["pred"])):
            for role, array in inputs.items():
                session.put(f"@{role}", np.asarray(array[i]), "scalar")
            reply = self._pass(session, "@gathered", method, form, kwargs, False)
            if not reply.ok:
                break
        return reply

    def result_after_batch(self, session: Session, form: Form, inputs: Mapping[str, Array]) -> Array | None:
        """The result of the metric "@loss" after one more batch; None if it is not a number."""
        for role in ("pred", "target"):
            session.put(f"@{role}", np.asarray(inputs[role]), form.container)
        kwargs = dict(self._filled(session, form, inputs, self.signature.fill))
        if not self._feed(session, form, inputs, kwargs).ok:
            return None
        reply = session.call("@out", f"@loss.{self.signature.result_method}")
        return session.get("@out") if reply.ok and reply.leaves and numeric(reply.leaves[0]) else None

    def _backward(self, session: Session, form: Form, shape: tuple[int, ...]) -> Array | None:
        """The gradient that the class's own method returns, or stores in an attribute of its object or of the input."""
        reply = self.differentiate(session, form, 1.0)
        if not reply.ok:
            return None
        places = [("@dx", i) for i, leaf in enumerate(reply.leaves) if leaf.shape == shape and numeric(leaf)]
        kept = [f"@loss.{kept}" for kept in KEPT if not places and session.leaves(f"@loss.{kept}")]
        left = [f"@pred.{name}" for name in LEFT if [leaf.shape for leaf in session.leaves(f"@pred.{name}")] == [shape]]
        for found, i in [*places, *((name, 0) for name in [*kept, *left])]:
            return session.get(found, i)
        return None

    def differentiate(
        self, session: Session, form: Form, seed: object, more: Mapping[str, object] | None = None
    ) -> Reply:
        """Call the class's own backward method; the result is "@dx". ``seed`` is passed for all other parameters."""
        required, name = self.signature.backward_parameters, f"@loss.{self.signature.backward}"
        roles = {
            self.signature.inputs[place]: role for place, role in zip(form.places, ("pred", "target"), strict=True)
        }
        parts = [part for part in self.signature.returned if part in required and part not in roles]
        if len(required) == 2 and not parts:
            target = target_place((required[0], required[1]))
            order = [role for _, role in sorted(zip(form.places, ("pred", "target"), strict=True))]
            order = order if target is None else ["pred", "target"] if target else ["target", "pred"]
            roles = {**dict(zip(required, order, strict=True)), **roles}
        for part in parts:  # what forward returned beside the loss: probs, cache
            session.call(f"@{part}", "@out.__getitem__", (self.signature.returned.index(part),))
            roles[part] = part
        args = [Ref(f"@{roles[parameter]}") if parameter in roles else seed for parameter in required]
        return session.call("@dx", name, args, more)

    def _autograd(self, session: Session, leaves: list[tuple[int, Leaf]]) -> Array | None:
        """The gradient of the first scalar, else of the sum of the first array; None if there is none."""
        tensors = [(i, leaf) for i, leaf in leaves if leaf.type.startswith("torch.float")]
        scalars = [(i, leaf) for i, leaf in tensors if np.prod(leaf.shape) == 1]
        for i, _ in [*scalars, *tensors][:1]:
            if session.backward("@out", i).ok:
                return session.get("@pred.grad")
        return None


def transposed(form: Form, array: Array) -> Array:
    """The transposed matrix if the form has samples as columns; else the array as it is."""
    return array.T if form.columns and array.ndim == 2 else array


def _largest(inputs: Mapping[str, Array]) -> int:
    """The largest array that is read, in elements: a number for each pair of elements of the inputs."""
    return min(max(np.size(inputs["pred"]), np.size(inputs["target"]), 8) ** 2, LARGEST)


def numeric(leaf: Leaf) -> bool:
    """Whether a leaf is numbers, and not None, strings or bools."""
    return leaf.type not in ("None", "str", "NoneType") and "bool" not in leaf.type


def new_calls(definition: Definition, task: str) -> Calls | None:
    """No calls yet; None if the definition can't be called with two inputs or with a list of pairs."""
    found = signature(definition) or paired(definition)
    return Calls(found, task) if found is not None else None


def _type(session: Session) -> str:
    """The type of what the last call returned; "None" for None."""
    return str(session.facts("@out").get("type", "")).rpartition(".")[2].replace("NoneType", "None")
