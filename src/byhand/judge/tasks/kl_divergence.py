"""How KL divergence is judged: with probabilities, weights, log-probabilities or logits, of two or of many classes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from byhand.judge.functions.calls import Array, Calls, Form, new_calls
from byhand.judge.functions.costs import MISTAKEN, known
from byhand.judge.functions.names import LOGARITHM, array_kinds, spelt, target_place, target_weight
from byhand.judge.functions.relatives import relative
from byhand.judge.functions.signatures import constructor
from byhand.judge.losses import kinds
from byhand.judge.losses.divergence import binary_edges, binary_ordinary, edges, far, ordinary, small_edges
from byhand.judge.losses.evidence import called_logits
from byhand.judge.losses.gradient_reading import factor, gradient_readings, writes_gradient
from byhand.judge.losses.loss import LossTask
from byhand.judge.losses.ways import (
    Way,
    argument_orders,
    in_container,
    layouts,
    results,
    sample_axes,
    shapes,
    with_columns,
    with_rounding,
)
from byhand.judge.model import Definition, Finding, Outcome, Probe
from byhand.judge.session import Session
from byhand.judge.task import GUESS, Names

_NAME = re.compile(
    r"_(?:kl|kld|kldiv|klloss|dkl|kullback|leibler|rel_?entr|relative_entropy|distill(?:ation)?(?:_loss)?|kd_loss)(?:_|\d)"
    r"|散度|相对熵|蒸馏"
)
_HEADING = re.compile(r"\bKL\b|kullback|KL.?散度|相对熵|relative entropy|distillation|蒸馏", re.IGNORECASE)
_DERIVATIVE = re.compile(r"^_d_kl_")
"""A name that may mean D_KL or its derivative."""
_LETTER = re.compile(r"^(?:log|l)_?([pq])s?$|^([pq])_?(?:log|logits|probs?|dist|x|i)s?$")
"""Names in which only a p or a q is significant: logp, log_q, p_probs."""
_TEMPERATURE = re.compile(r"^(?:t|T|tau|temp|temperature|温度)$")
WORDS = {
    "probabilities": ("Q", "P"),
    "log-probabilities of Q": ("log-probabilities Q", "probabilities P"),
    "log-probabilities": ("log-probabilities Q", "log-probabilities P"),
    "logits": ("logits of Q", "logits of P"),
    "binary probabilities": ("probabilities Q of class 1", "probabilities P of class 1"),
}


AT_A_TEMPERATURE = "at a temperature"
"""A variant of the value: without the factor T², which is a mistake only in distillation."""
_TEMPERED: Mapping[str, tuple[int, int, int]] = {
    "": (-1, -1, 2),
    "plain": (-1, -1, 0),
    AT_A_TEMPERATURE: (-1, -1, 0),
    "once": (-1, -1, 1),
    "only the teacher": (-1, 0, 0),
    "only the teacher, squared": (-1, 0, 2),
    "only the student": (0, -1, 0),
    "only the student, squared": (0, -1, 2),
    "multiplied": (1, 1, 2),
    "multiplied, plain": (1, 1, 0),
    "softened before": (0, 0, 2),
    "ignored": (0, 0, 0),
}
"""The variants with a temperature T: the powers of T that multiply teacher's logits, student's logits and result."""
_UNTEMPERED = {
    "plain": "temperature-not-squared",
    "once": "temperature-once",
    **dict.fromkeys([name for name in _TEMPERED if name.startswith("only")], "only-one-softened"),
    **dict.fromkeys([name for name in _TEMPERED if name.startswith("multiplied")], "temperature-multiplied"),
    "ignored": "temperature-ignored",
}
"""The pages of the wrong variants."""
TEMPERATURES = (1.7, 3.3, 2.6)
"""Temperatures of the probes; not 2, where T · T, T ** 2 and T + T are equal."""


@dataclass(frozen=True)
class Variant:
    """A variant of the value, with the additional arguments of its calls."""

    name: str = ""
    cost: int = 0
    pages: tuple[str, ...] = ()
    extra: tuple[tuple[str, float], ...] = ()


_OTHER = re.compile(r"_(?:cross_?entropy|bce|ce|nll|log_?loss|logistic)_|_auc_")
"""In the name of another task."""


class KlDivergence(LossTask):
    """The task; its prediction is Q and its target P."""

    name = "kl_divergence"
    binary = frozenset({"binary probabilities"})
    harmless = frozenset({AT_A_TEMPERATURE})
    exclusive = frozenset({"kl_divergence/mean-over-elements", "kl_divergence/sum-over-rows"})

    def recognises(self, definition: Definition) -> float:
        """By its name; else by the heading above a function with a logarithm; else by its structure alone."""
        name, calls = spelt(definition.name), new_calls(definition, self.name)
        if relative(self.name, definition.name, calls.signature.inputs if calls else (), definition.source):
            return 0.0
        if calls is None:
            return 1.0 if _NAME.search(name) else 0.0
        if _NAME.search(name) and _OTHER.search(name):
            return 0.0
        if _NAME.search(name):
            return GUESS if _DERIVATIVE.search(name) and definition.name[0].islower() else 1.0
        if (
            _OTHER.search(name)
            or definition.is_class
            or not re.search(LOGARITHM + r"|kl_div|rel_entr", definition.source)
        ):
            return 0.0
        if _HEADING.search(definition.heading):
            return 0.7
        if any(_OTHER.search(spelt(word)) for word in re.findall(r"\w+", definition.heading)):
            return 0.0
        return 0.5 if re.search(r"\bsum\b|mean|\+=", definition.source) and definition.source.count("\n") < 20 else 0.0

    def bears(self, name: str) -> bool:
        """Whether its words name a KL divergence and no related formula."""
        return bool(_NAME.search(spelt(name))) and not relative(self.name, name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """All combinations of kinds, orders, shapes, variants and results; those that the names suggest have cost 0."""
        calls = new_calls(definition, self.name)
        ways = with_rounding(definition, self._all(definition, calls)) if calls else ()
        return sorted(ways, key=lambda way: (way.group, way.cost))

    def _all(self, definition: Definition, calls: Calls) -> Iterator[Way]:
        for places, cost, pages in _orders(calls):
            named_logits = {kind: _named_logits(definition, calls, kind, places) for kind in WORDS}
            costs = kinds.costs_of_divergence(definition, calls, places, named_logits)
            for (group, container), kind in product(enumerate(array_kinds(definition)), costs):
                for way in self._ways(definition, calls, kind, container, places):
                    yield in_container(replace(way, named_logits=named_logits[kind]), group, cost + costs[kind], pages)

    def _ways(
        self, definition: Definition, calls: Calls, kind: str, container: str, places: tuple[int, int]
    ) -> Iterator[Way]:
        tried = layouts(definition) if kind in self.binary else shapes(definition)
        written = writes_gradient(definition, bool(calls.signature.backward))
        gradient = container == "torch" or written
        normal = [(True, 0), (False, MISTAKEN + 5)] if kind == "probabilities" else [(False, 0)]
        symmetric = _symmetric(calls)
        columns_occur = kind not in self.binary and container != "torch"
        axes = sample_axes(definition) if columns_occur else {False: 0}
        for (shape, shape_cost), (columns, axis_cost), variant, (weights, weight_cost) in product(
            tried.items(), axes.items(), _variants(definition, calls, kind), normal
        ):
            if columns and shape != "batch":
                continue
            form = Form(container, places, kind, "rows", shape, variant.extra, columns)
            for result, result_cost, pages in results(self.name, shape):
                for reading in gradient_readings(kind, result, written, symmetric):
                    cost = shape_cost + axis_cost + result_cost + variant.cost + weight_cost + reading.cost
                    found = (*pages, *known(*variant.pages), *reading.pages)
                    words = WORDS[kind]
                    yield Way(cost, found, form, result, 0, calls, words, weights, gradient, variant.name, reading)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Small and round numbers, then rows of other sizes; with a temperature, each at another one."""
        form = convention.form
        probes = binary_ordinary(form, rng) if form.kind in self.binary else with_columns(form, ordinary(form, rng))
        at = zip(probes, TEMPERATURES, strict=False)
        return [replace(probe, inputs={**probe.inputs, "extra": T}) for probe, T in at] if form.extra else probes

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Zero probabilities, equal distributions, a batch of one, weights."""
        form = convention.form
        return (
            binary_edges(form) if form.kind in self.binary else with_columns(form, edges(form, rng, convention.weights))
        )

    def smaller(self, convention: Way, edge: Probe) -> Sequence[Probe]:
        """The same edge as one row of three numbers; none for two classes, whose edges are small already."""
        form = convention.form
        probes = [] if form.kind in self.binary else with_columns(form, small_edges(form))
        return [replace(probe, name=f"{edge.name}, small") for probe in probes if probe.name == edge.name]

    def further_checks(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Also logits of Q so far apart that a probability rounds to 0: there the formula itself gives ∞."""
        yield from super().further_checks(session, definition, convention, rng)
        if convention.form.kind != "logits" or convention.variant:
            return
        probe = far(convention.form)
        observed = self.observe(session, definition, convention, probe)
        if "value" in observed.values and not np.isfinite(observed.values["value"]).all():
            expected = Outcome({"value": np.asarray(self._far(convention, probe))})
            given, yours, formula = self.counterexample(probe, observed, expected)
            yield Finding("", "edge", None, "very large logits", yours, formula, given)

    def _far(self, way: Way, probe: Probe) -> Array:
        """The exact result, from log-probabilities, which stay finite."""
        T = dict(way.form.extra).popitem()[1] if way.form.extra else 1.0
        log_q, log_p = (torch.tensor(np.asarray(probe.inputs[role]) / T).log_softmax(-1) for role in ("pred", "target"))
        rows = T**2 * (log_p.exp() * (log_p - log_q)).sum(-1).numpy()
        return (
            rows if way.result in ("rows", "elements") else rows.sum() * factor(way.result, rows.size, log_q.shape[-1:])
        )

    def rows(self, names: Names, way: Way, pred: Tensor, target: Tensor) -> Tensor:
        """The formula's result, after conversion of this kind of input to probabilities."""
        kind = way.form.kind
        formula = names["kl_divergence"]
        found: Tensor
        if kind in self.binary and way.variant:
            found = target * (target / pred).log()
        elif kind in self.binary:
            found = formula(torch.stack([target, 1 - target], -1), torch.stack([pred, 1 - pred], -1))
        elif way.form.extra:
            (T,) = (value for _, value in way.form.extra)
            p, q, scale = (T**power for power in _TEMPERED[way.variant])
            target, pred = (x.log() if kind == "probabilities" else x for x in (target, pred))
            target = target.log() if kind == "log-probabilities of Q" else target
            found = scale * formula((p * target).softmax(-1), (q * pred).softmax(-1))
        elif kind == "logits":
            found = formula(target.softmax(-1), pred.softmax(-1))
        else:
            found = formula(
                target.exp() if kind == "log-probabilities" else target, pred if kind == "probabilities" else pred.exp()
            )
        return found


def _orders(calls: Calls) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Places of Q and P, by the names; if the names leave it open, P comes first, as in KL(P‖Q)."""
    inputs = calls.signature.inputs
    target = target_place(inputs) if _decisive(inputs) else None
    letters = [_LETTER.sub(r"\1\2", name.lower()) for name in inputs]
    if target is None or set(letters) == {"p", "q"}:
        swapped = known("kl_divergence/arguments-swapped")
        first = letters == ["q", "p"]
        if target is None or first:
            return [((1, 0), 0, ()), ((0, 1), 1, ())]
        return [((1, 0), 0, ()), ((0, 1), MISTAKEN, swapped)]
    return argument_orders(calls, known("kl_divergence/arguments-swapped"))


def _decisive(inputs: tuple[str, str]) -> bool:
    """Whether the names say which of the two is P; x and y do not."""
    letters = {_LETTER.sub(r"\1\2", name.lower()) for name in inputs}
    return bool(letters & {"p", "q"}) or any(abs(target_weight(name) or 0) >= 3 for name in inputs)


def _named_logits(definition: Definition, calls: Calls, kind: str, places: tuple[int, int]) -> frozenset[str]:
    """Which of the inputs the program calls logits, although they are something else in this kind.

    exp is applied to log-probabilities too, so for them only the name counts.
    """
    roles = zip(("pred", "target"), places, WORDS[kind], strict=True)
    return frozenset(
        role
        for role, place, word in roles
        if kind != "logits"
        and called_logits(definition, calls.signature.inputs[place], by_text=not word.startswith("log-"))
    )


def _symmetric(calls: Calls) -> bool:
    """Whether the names leave open which input is the prediction, so that the gradient may be of either."""
    inputs = calls.signature.inputs
    return (
        target_place(inputs) is None
        or not _decisive(inputs)
        or {_LETTER.sub(r"\1\2", name.lower()) for name in inputs} == {"p", "q"}
    )


def _variants(definition: Definition, calls: Calls, kind: str) -> list[Variant]:
    """The variants that the value may be; with a temperature: what is softened, and the factor of the result."""
    if kind == "binary probabilities":
        first = Variant("first term", MISTAKEN, ("kl_divergence/only-the-first-bernoulli-term",))
        return [Variant(), *([first] if kinds.TWO.search(definition.heading + definition.source) else [])]
    names = (*calls.signature.optional, *(name for name, _ in calls.signature.fill), *constructor(definition))
    name = next((name for name in names if _TEMPERATURE.match(name)), "")
    if not name:
        return [Variant()]
    extra = ((name, TEMPERATURES[-1]),)
    plain = Variant(AT_A_TEMPERATURE, 4, ("kl_divergence/at-a-temperature",), extra)
    wrong = [Variant(variant, MISTAKEN, (f"kl_divergence/{page}",), extra) for variant, page in _UNTEMPERED.items()]
    if not kinds.distils(definition, calls):
        wrong = [plain, *(one for one in wrong if one.name != "plain")]
    if name == "t":  # may be something else, without effect on the divergence
        wrong = [replace(one, cost=20, pages=()) if one.name == "ignored" else one for one in wrong]
    if kind == "logits":
        return [Variant(extra=extra), *wrong]
    before = Variant("softened before", 2, (), extra)  # inputs other than logits may have been softened by the caller
    soft = [Variant(extra=extra), *wrong[:-1]] if kind == "probabilities" else []
    return [*soft, before, wrong[-1]]


TASK = KlDivergence()
