"""KL divergence before the court: of probabilities, weights, log-probabilities or logits, of two classes or of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from byhand.judge.model import Definition, Probe
from byhand.judge.task import Names
from byhand.judge.tasks import _function_kinds as kinds
from byhand.judge.tasks._function_calls import Calls, Form
from byhand.judge.tasks._function_divergence import binary_edges, binary_ordinary, edges, ordinary
from byhand.judge.tasks._function_loss import LossTask
from byhand.judge.tasks._function_names import LOGARITHM, array_kinds, spelt, target_place
from byhand.judge.tasks._function_ways import MISTAKEN, Way, fit, further, known, placed, results, shapes

_NAME = re.compile(
    r"_(?:kl|kld|kldiv|klloss|dkl|kullback|leibler|rel_?entr|relative_entropy|distill(?:ation)?(?:_loss)?|kd_loss)(?:_|\d)"
    r"|散度|相对熵|蒸馏"
)
_HEADING = re.compile(r"\bKL\b|kullback|KL.?散度|相对熵|relative entropy|distillation|蒸馏", re.IGNORECASE)
_OTHER = re.compile(
    r"_(?:grad|gradient|derivative|backward|test|plot|check|demo|run|train|js|jsd|jensen|shannon|symmetric|jeffreys"
    r"|gaussian|normal|vae|elbo|mc|monte|estimate|approx|annealing|weight|coef|penalty)_|JS散度"
)
_GAUSSIAN = re.compile(r"^(?:mu|mean|logvar|log_var|sigma|std|var)")
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


class KlDivergence(LossTask):
    """The task; its prediction is Q and its target P."""

    name = "kl_divergence"
    binary = frozenset({"binary probabilities"})

    def recognises(self, definition: Definition) -> float:
        """By its name; else by the heading above a function with a logarithm; else by the shape alone."""
        name = spelt(definition.name)
        calls = fit(definition)
        if _OTHER.search(name) or calls is None or any(_GAUSSIAN.match(part) for part in calls.signature.inputs):
            return 0.0
        if _NAME.search(name):
            return 1.0
        if definition.is_class or not re.search(LOGARITHM + r"|kl_div|rel_entr", definition.source):
            return 0.0
        if _HEADING.search(definition.heading):
            return 0.7
        return 0.5 if re.search(r"\bsum\b|mean|\+=", definition.source) and definition.source.count("\n") < 20 else 0.0

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """Kinds of distributions, orders, shapes and results; ways that the names suggest cost nothing."""
        calls = fit(definition)
        return sorted(self._all(definition, calls), key=lambda way: (way.group, way.cost)) if calls else ()

    def _all(self, definition: Definition, calls: Calls) -> Iterator[Way]:
        costs = kinds.of_divergence(definition, calls, WORDS)
        for group, container in enumerate(array_kinds(definition.source)):
            for places, cost, pages in _orders(calls):
                for kind in costs:
                    for way in self._ways(definition, calls, kind, container, places):
                        yield further(way, group, cost + costs[kind], pages)

    def _ways(
        self, definition: Definition, calls: Calls, kind: str, container: str, places: tuple[int, int]
    ) -> Iterator[Way]:
        tried = shapes(definition)
        if kind in self.binary:
            tried = {"vector": 0, "scalar": 1, "matrix": 2, "1×n": 2, "n×1": 2}
        gradient = container == "torch" or calls.signature.backward
        normal = [(True, 0), (False, MISTAKEN + 5)] if kind == "probabilities" else [(False, 0)]
        for shape, shape_cost in tried.items():
            for extra, factor, factor_cost, factor_pages in _temperatures(definition, calls, kind):
                form = Form(container, places, kind, "rows", shape, extra)
                for result, result_cost, pages in results(self.name, shape):
                    for weights, weight_cost in normal:
                        cost = shape_cost + result_cost + factor_cost + weight_cost
                        found = (*pages, *factor_pages)
                        yield Way(cost, found, form, result, 0, calls, WORDS[kind], weights, gradient, factor)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Small and round, then rows of other sizes, one of them square."""
        form = convention.form
        return binary_ordinary(form, rng) if form.kind in self.binary else ordinary(form, rng)

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Where log has no value, where two are the same, and where axes of length 1 get lost; weights."""
        form = convention.form
        return binary_edges(form) if form.kind in self.binary else edges(form, rng, convention.weights)

    def rows(self, names: Names, way: Way, pred: Tensor, target: Tensor) -> Tensor:
        """By the formula, after what makes probabilities of the kind."""
        kind = way.form.kind
        formula = names["kl_divergence"]
        found: Tensor
        if kind in self.binary:
            found = formula(torch.stack([target, 1 - target], -1), torch.stack([pred, 1 - pred], -1))
        elif kind == "logits":
            T = dict(way.form.extra).get(_temperature(way.calls), 1.0)
            found = formula((target / T).softmax(-1), (pred / T).softmax(-1)) * (T**2 if way.factor == "squared" else 1)
        else:
            found = formula(
                target.exp() if kind == "log-probabilities" else target, pred if kind == "probabilities" else pred.exp()
            )
        return found


def _orders(calls: Calls) -> list[tuple[tuple[int, int], int, tuple[str, ...]]]:
    """Places of Q and P. By the names; of names that say nothing the first is P, as in KL(P‖Q)."""
    inputs = calls.signature.inputs
    target = target_place(inputs)
    letters = [_LETTER.sub(r"\1\2", name.lower()) for name in inputs]
    if target is None or set(letters) == {"p", "q"}:
        swapped = known("kl_divergence/arguments-swapped")
        first = letters == ["q", "p"]
        if target is None or first:
            return [((1, 0), 0, ()), ((0, 1), 1, ())]
        return [((1, 0), 0, ()), ((0, 1), MISTAKEN, swapped)]
    return placed(calls, known("kl_divergence/arguments-swapped"))


def _temperature(calls: Calls | None) -> str:
    """The name of the parameter that is a temperature, "" if there is none."""
    if calls is None:
        return ""
    names = (*calls.signature.optional, *(name for name, _ in calls.signature.fill))
    return next((name for name in names if _TEMPERATURE.match(name)), "")


def _temperatures(
    definition: Definition, calls: Calls, kind: str
) -> list[tuple[tuple[tuple[str, float], ...], str, int, tuple[str, ...]]]:
    """Temperatures to call with, what is done about T², costs and pages."""
    name = _temperature(calls)
    if kind != "logits" or not name:
        return [((), "", 0, ())]
    page = known("kl_divergence/temperature-not-squared")
    return [(((name, 3.0),), "squared", 0, ()), (((name, 3.0),), "plain", MISTAKEN if page else 1, page)]


TASK = KlDivergence()
