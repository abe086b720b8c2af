"""KL divergence before the court: of probabilities, weights, log-probabilities or logits, of two classes or of many."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand.judge.model import Definition, Probe
from byhand.judge.task import Names
from byhand.judge.tasks._function_calls import Calls, Form
from byhand.judge.tasks._function_loss import (
    AGAINST,
    MISTAKEN,
    LossTask,
    Way,
    fit,
    further,
    known,
    multiples,
    placed,
    probabilities,
    reshaped,
    results,
    shapes,
)
from byhand.judge.tasks._function_names import LOGARITHM, array_kinds, spelt, target_place

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
_DISTILLS = re.compile(r"_(?:distill\w*|kd|soft)_|蒸馏")
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
        costs = _kind_costs(definition, calls)
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
        """Small and round, then rows of other sizes, one of them square; weights last, where they may be given."""
        form = convention.form
        if form.kind in self.binary:
            sizes = ((4, "a few"), (6, "more")) if form.shape != "scalar" else ((1, "one pair"), (1, "another pair"))
            return [_given(form, name, *_pair(rng, n, i == 0)) for i, (n, name) in enumerate(sizes)]
        rows = [(1, "a row", 3), (1, "a longer row", 5)]
        if form.shape == "batch":
            rows = [(2, "two rows", 3), (5, "five rows", 4), (3, "as many rows as columns", 3)]
        drawn = [(name, *_distributions(rng, n, k, i == 0)) for i, (n, name, k) in enumerate(rows)]
        return [_probe(form, name, P, Q) for name, P, Q in drawn]

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Where log has no value, where two are the same, and where axes of length 1 get lost."""
        form = convention.form
        if form.kind in self.binary:
            return _binary_edges(form)
        n = 1 if form.shape == "row" else 3
        P, Q = _distributions(rng, n, 4, False)
        zero, both, never = _without(P, 1), _without(Q, 1), _without(Q, 2)
        probes = [_probe(form, "equal distributions", Q, Q)]
        if form.kind in ("probabilities", "log-probabilities of Q"):
            probes.append(_probe(form, "zero probability", zero, Q, smooth=False))
            probes.append(_probe(form, "impossible event", P, never, smooth=False))
        if form.kind == "probabilities":
            probes.append(_probe(form, "zero in both", zero, both, smooth=False))
        if form.kind == "logits":
            far = np.log(Q)
            far[0, 0] += 800.0
            inputs = {**_probe(form, "", P, Q).inputs, "pred": far[0] if form.shape == "row" else far}
            probes.append(Probe("large logits", True, inputs))
        if form.shape == "batch":
            probes.append(_probe(form, "a batch of one", *_distributions(rng, 1, 3, False)))
        if convention.weights:  # drawn last, for ways without them share the other probes
            probes.append(_probe(form, "weights", 2.5 * P, 4 * Q * rng.uniform(1, 2, (n, 1))))
        return probes

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


def _kind_costs(definition: Definition, calls: Calls) -> Mapping[str, int]:
    """Costs of the kinds by what the names and the text say."""
    name, source = spelt(definition.name), definition.source.replace(definition.name, "")
    a, b = (spelt(part) for part in calls.signature.inputs)
    costs = dict.fromkeys(WORDS, 5)
    logs = sum(bool(re.search(r"_(?:log|logq|logp|lp|lq|logprobs?)_", part)) for part in (a, b))
    plain = all(re.search(r"_(?:p|q|probs?|dist|P|Q)_", part) for part in (a, b))
    if re.search(r"logits|student|teacher", a + b) or _DISTILLS.search(name):
        costs |= {"logits": 0}
    elif logs == 2:
        costs |= {"log-probabilities": 0, "log-probabilities of Q": 1}
    elif logs == 1 or {a, b} == {"_input_", "_target_"}:
        costs |= {"log-probabilities of Q": 0, "probabilities": 6}
    else:
        against = 3 * MISTAKEN if plain else AGAINST if not re.search(r"kl_div|KLDiv", source) else 5
        costs |= {"probabilities": 0, "log-probabilities of Q": against, "log-probabilities": against}
    two = bool(re.search(r"_(?:binary|bernoulli|bern)_|伯努利|二元", name))
    if two:
        costs = {kind: cost + 20 for kind, cost in costs.items()}
    by_text = 1 if re.search(r"\b1\.?0?\s*-\s*\w", source) else 5
    return costs | {"binary probabilities": 0 if two else by_text}


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


def _distributions(
    rng: np.random.Generator, n: int, k: int, round_: bool
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """P and Q, n rows of k probabilities that differ."""
    while True:
        P, Q = (multiples(rng, n, k) if round_ else probabilities(rng, n, k) for _ in range(2))
        if np.abs(P - Q).max(-1).min() > 0.05:
            return P, Q


def _without(x: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """Rows with a 0 in one column of the first row, and of the last."""
    x = x.copy()
    x[[0, -1], column] = 0.0
    return np.asarray(x / x.sum(-1, keepdims=True))


def _probe(form: Form, name: str, P: NDArray[np.float64], Q: NDArray[np.float64], smooth: bool = True) -> Probe:
    edge = name not in ("a row", "a longer row", "two rows", "five rows", "as many rows as columns")
    words = ("Q", "P")
    with np.errstate(divide="ignore"):
        if form.kind != "probabilities":
            Q, words = np.log(Q), ("log Q", "P")
        if form.kind in ("log-probabilities", "logits"):
            P, words = np.log(P), ("log Q", "log P")
    if form.shape == "row":
        P, Q = P[0], Q[0]
    return Probe(
        name, edge, {"pred": Q, "target": P, "words": words, "gradient": smooth and name not in ("a row", "two rows")}
    )


def _pair(rng: np.random.Generator, n: int, round_: bool) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities q and p of class 1 that differ."""
    q, p = rng.uniform(0.05, 0.4, n), rng.uniform(0.6, 0.95, n)
    if round_:
        q, p = rng.choice([0.1, 0.2, 0.3, 0.4], n, replace=False), rng.choice([0.5, 0.7, 0.75, 0.8], n, replace=False)
    flipped = np.arange(n) % 2 == 1
    return np.where(flipped, p, q), np.where(flipped, q, p)


def _given(form: Form, name: str, q: object, p: object, edge: bool = False) -> Probe:
    inputs = {"pred": reshaped(q, form.shape), "target": reshaped(p, form.shape), "words": ("q", "p")}
    return Probe(name, edge, {**inputs, "gradient": name in ("more", "another pair")})


def _binary_edges(form: Form) -> list[Probe]:
    if form.shape == "scalar":
        ends = (("zero probability", 0.5, 0.0), ("probability one", 0.5, 1.0), ("impossible event", 0.0, 0.5))
        return [_given(form, name, [q], [p], True) for name, q, p in ends]
    return [
        _given(form, "zero probability", [0.5, 0.25, 0.5, 0.75], [0.0, 1.0, 0.25, 0.5], True),
        _given(form, "impossible event", [0.0, 1.0, 0.5, 0.75], [0.5, 0.25, 0.25, 0.5], True),
    ]


TASK = KlDivergence()
