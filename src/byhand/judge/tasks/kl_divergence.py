"""How KL divergence is judged: of probabilities, weights, log-probabilities or logits, of two classes or of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import torch
from torch import Tensor

from byhand.judge.functions.calls import Array, Calls, Form, fit
from byhand.judge.functions.costs import MISTAKEN, known
from byhand.judge.functions.names import LOGARITHM, array_kinds, spelt, target_place, target_weight
from byhand.judge.functions.relatives import relative
from byhand.judge.functions.signatures import constructor
from byhand.judge.losses import kinds
from byhand.judge.losses.divergence import binary_edges, binary_ordinary, edges, far, ordinary, small_edges
from byhand.judge.losses.evidence import called_logits
from byhand.judge.losses.loss import LossTask
from byhand.judge.losses.slope import share, slopes, writes_gradient
from byhand.judge.losses.ways import Way, further, layouts, placed, results, rounded, shapes
from byhand.judge.model import Definition, Finding, Outcome, Probe
from byhand.judge.session import Session
from byhand.judge.task import GUESS, Names

_NAME = re.compile(
    r"_(?:kl|kld|kldiv|klloss|dkl|kullback|leibler|rel_?entr|relative_entropy|distill(?:ation)?(?:_loss)?|kd_loss)(?:_|\d)"
    r"|散度|相对熵|蒸馏"
)
_HEADING = re.compile(r"\bKL\b|kullback|KL.?散度|相对熵|relative entropy|distillation|蒸馏", re.IGNORECASE)
_DERIVATIVE = re.compile(r"^_d_kl_")
"""A name that may mean D_KL, or what is derived from it."""
_LETTER = re.compile(r"^(?:log|l)_?([pq])s?$|^([pq])_?(?:log|logits|probs?|dist|x|i)s?$")
"""Names of which a p or a q is all that tells: logp, log_q, p_probs."""
_TEMPERATURE = re.compile(r"^(?:t|T|tau|temp|temperature|温度)$")
WORDS = {
    "probabilities": ("Q", "P"),
    "log-probabilities of Q": ("log-probabilities Q", "probabilities P"),
    "log-probabilities": ("log-probabilities Q", "log-probabilities P"),
    "logits": ("logits of Q", "logits of P"),
    "binary probabilities": ("probabilities Q of class 1", "probabilities P of class 1"),
}


AT_A_TEMPERATURE = "at a temperature"
"""A variant of the value: of softened distributions as they are, which is a mistake in distillation alone."""
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
"""Powers of T by which the teacher's logits, the student's logits and the KL are multiplied."""
_UNTEMPERED = {
    "plain": "temperature-not-squared",
    "once": "temperature-once",
    **dict.fromkeys([name for name in _TEMPERED if name.startswith("only")], "only-one-softened"),
    **dict.fromkeys([name for name in _TEMPERED if name.startswith("multiplied")], "temperature-multiplied"),
    "ignored": "temperature-ignored",
}
"""Their pages."""
TEMPERATURES = (1.7, 3.3, 2.6)
"""None of them special: 2 · 2, 2 ** 2 and 2 + 2 are the same."""


@dataclass(frozen=True)
class Variant:
    """What the value may be, with further arguments that show it."""

    name: str = ""
    cost: int = 0
    pages: tuple[str, ...] = ()
    extra: tuple[tuple[str, float], ...] = ()


_OTHER = re.compile(r"_(?:cross_?entropy|bce|ce|nll|log_?loss|logistic)_|_auc_")
"""A name of another task."""


class KlDivergence(LossTask):
    """The task; its prediction is Q and its target P."""

    name = "kl_divergence"
    binary = frozenset({"binary probabilities"})
    harmless = frozenset({AT_A_TEMPERATURE})
    exclusive = frozenset({"kl_divergence/mean-over-elements", "kl_divergence/sum-over-rows"})

    def recognises(self, definition: Definition) -> float:
        """By its name; else by the heading above a function with a logarithm; else by the shape alone."""
        name, calls = spelt(definition.name), fit(definition, self.name)
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
        return 0.5 if re.search(r"\bsum\b|mean|\+=", definition.source) and definition.source.count("\n") < 20 else 0.0

    def bears(self, name: str) -> bool:
        """By the words in it."""
        return bool(_NAME.search(spelt(name))) and not relative(self.name, name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """Kinds of distributions, orders, shapes and results; ways that the names suggest cost nothing."""
        calls = fit(definition, self.name)
        ways = rounded(definition, self._all(definition, calls)) if calls else ()
        return sorted(ways, key=lambda way: (way.group, way.cost))

    def _all(self, definition: Definition, calls: Calls) -> Iterator[Way]:
        for places, cost, pages in _orders(calls):
            against = {kind: _against(definition, calls, kind, places) for kind in WORDS}
            costs = kinds.of_divergence(definition, calls, against)
            for (group, container), kind in product(enumerate(array_kinds(definition)), costs):
                for way in self._ways(definition, calls, kind, container, places):
                    yield further(replace(way, against=against[kind]), group, cost + costs[kind], pages)

    def _ways(
        self, definition: Definition, calls: Calls, kind: str, container: str, places: tuple[int, int]
    ) -> Iterator[Way]:
        tried = layouts(definition) if kind in self.binary else shapes(definition)
        written = writes_gradient(definition, bool(calls.signature.backward))
        gradient = container == "torch" or written
        normal = [(True, 0), (False, MISTAKEN + 5)] if kind == "probabilities" else [(False, 0)]
        symmetric = _symmetric(calls)
        for (shape, shape_cost), variant, (weights, weight_cost) in product(
            tried.items(), _variants(definition, calls, kind), normal
        ):
            form = Form(container, places, kind, "rows", shape, variant.extra)
            for result, result_cost, pages in results(self.name, shape):
                for slope in slopes(kind, result, written, symmetric):
                    cost = shape_cost + result_cost + variant.cost + weight_cost + slope.cost
                    found = (*pages, *known(*variant.pages), *slope.pages)
                    yield Way(cost, found, form, result, 0, calls, WORDS[kind], weights, gradient, variant.name, slope)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Small and round, then rows of other sizes, one of them square; each at another temperature."""
        form = convention.form
        probes = binary_ordinary(form, rng) if form.kind in self.binary else ordinary(form, rng)
        at = zip(probes, TEMPERATURES, strict=False)
        return [replace(probe, inputs={**probe.inputs, "extra": T}) for probe, T in at] if form.extra else probes

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Where log has no value, where two are the same, and where axes of length 1 get lost; weights."""
        form = convention.form
        return binary_edges(form) if form.kind in self.binary else edges(form, rng, convention.weights)

    def smaller(self, convention: Way, edge: Probe) -> Sequence[Probe]:
        """One row of three numbers; numbers for two classes are few already."""
        form = convention.form
        probes = [] if form.kind in self.binary else small_edges(form)
        return [replace(probe, name=f"{edge.name}, small") for probe in probes if probe.name == edge.name]

    def beyond(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Also logits of Q so far apart that a probability is 0, which the formula's own ∞ would hide."""
        yield from super().beyond(session, definition, convention, rng)
        if convention.form.kind != "logits" or convention.variant:
            return
        probe = far(convention.form)
        observed = self.observe(session, definition, convention, probe)
        if "value" in observed.values and not np.isfinite(observed.values["value"]).all():
            expected = Outcome({"value": np.asarray(self._far(convention, probe))})
            given, yours, formula = self.counterexample(probe, observed, expected)
            yield Finding("", "edge", None, "very large logits", yours, formula, given)

    def _far(self, way: Way, probe: Probe) -> Array:
        """The result in logarithms, which a probability of 0 does not stop."""
        T = dict(way.form.extra).popitem()[1] if way.form.extra else 1.0
        log_q, log_p = (torch.tensor(np.asarray(probe.inputs[role]) / T).log_softmax(-1) for role in ("pred", "target"))
        rows = T**2 * (log_p.exp() * (log_p - log_q)).sum(-1).numpy()
        return (
            rows if way.result in ("rows", "elements") else rows.sum() * share(way.result, rows.size, log_q.shape[-1:])
        )

    def rows(self, names: Names, way: Way, pred: Tensor, target: Tensor) -> Tensor:
        """By the formula, after what makes probabilities of the kind."""
        kind = way.form.kind
        formula = names["kl_divergence"]
        found: Tensor
        if kind in self.binary and way.variant:
            found = target * (target / pred).log()
        elif kind in self.binary:
            found = formula(torch.stack([target, 1 - target], -1), torch.stack([pred, 1 - pred], -1))
        elif way.form.extra:
            (T,) = (value for _, value in way.form.extra)
            p, q, factor = (T**power for power in _TEMPERED[way.variant])
            target, pred = (x.log() if kind == "probabilities" else x for x in (target, pred))
            target = target.log() if kind == "log-probabilities of Q" else target
            found = factor * formula((p * target).softmax(-1), (q * pred).softmax(-1))
        elif kind == "logits":
            found = formula(target.softmax(-1), pred.softmax(-1))
        else:
            found = formula(
                target.exp() if kind == "log-probabilities" else target, pred if kind == "probabilities" else pred.exp()
            )
        return found


def _orders(calls: Calls) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Places of Q and P. By the names; of names that say nothing the first is P, as in KL(P‖Q)."""
    inputs = calls.signature.inputs
    target = target_place(inputs) if _tell(inputs) else None
    letters = [_LETTER.sub(r"\1\2", name.lower()) for name in inputs]
    if target is None or set(letters) == {"p", "q"}:
        swapped = known("kl_divergence/arguments-swapped")
        first = letters == ["q", "p"]
        if target is None or first:
            return [((1, 0), 0, ()), ((0, 1), 1, ())]
        return [((1, 0), 0, ()), ((0, 1), MISTAKEN, swapped)]
    return placed(calls, known("kl_divergence/arguments-swapped"))


def _tell(inputs: tuple[str, str]) -> bool:
    """Whether names say which of two is P: x and y do not."""
    letters = {_LETTER.sub(r"\1\2", name.lower()) for name in inputs}
    return bool(letters & {"p", "q"}) or any(abs(target_weight(name) or 0) >= 3 for name in inputs)


def _against(definition: Definition, calls: Calls, kind: str, places: tuple[int, int]) -> frozenset[str]:
    """Which of the two the program calls logits, where the kind takes it for something else.

    Of log-probabilities exp is taken too, so that of them the name alone tells.
    """
    roles = zip(("pred", "target"), places, WORDS[kind], strict=True)
    return frozenset(
        role
        for role, place, word in roles
        if kind != "logits"
        and called_logits(definition, calls.signature.inputs[place], by_text=not word.startswith("log-"))
    )


def _symmetric(calls: Calls) -> bool:
    """Whether the names do not say which of the two is the prediction, so that either may be differentiated."""
    inputs = calls.signature.inputs
    return (
        target_place(inputs) is None
        or not _tell(inputs)
        or {_LETTER.sub(r"\1\2", name.lower()) for name in inputs} == {"p", "q"}
    )


def _variants(definition: Definition, calls: Calls, kind: str) -> list[Variant]:
    """What the value may be: with a temperature, what is softened by it and what is done about T²."""
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
    if name == "t":  # which may be anything that does nothing to the divergence
        wrong = [replace(one, cost=20, pages=()) if one.name == "ignored" else one for one in wrong]
    if kind == "logits":
        return [Variant(extra=extra), *wrong]
    before = Variant("softened before", 2, (), extra)  # what is no logits may have been
    soft = [Variant(extra=extra), *wrong[:-1]] if kind == "probabilities" else []
    return [*soft, before, wrong[-1]]


TASK = KlDivergence()
