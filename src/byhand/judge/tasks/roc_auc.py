"""How ROC AUC is judged: of scores and labels, in either order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import product

import numpy as np
import torch

from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import Hypothesis
from byhand.judge.functions.calls import CONTAINERS, PARTS, Array, Calls, Form, new_calls
from byhand.judge.functions.costs import MISTAKEN, known
from byhand.judge.functions.draws import listed
from byhand.judge.functions.further_checks import batches, further_checks
from byhand.judge.functions.names import array_kinds, misled, spelt, target_place, target_weight
from byhand.judge.functions.relatives import relative, unfamiliar
from byhand.judge.functions.rounding import COST, PAGE, digits
from byhand.judge.functions.signatures import refusal
from byhand.judge.model import NO_NUMBER, Definition, Finding, Outcome, Probe
from byhand.judge.phrases import returned, shaped
from byhand.judge.ranking.further_checks import growth, overflow, signed_labels
from byhand.judge.ranking.labels import labelled, labels
from byhand.judge.ranking.options import options
from byhand.judge.ranking.sorted_before import given_sorted
from byhand.judge.session import Session
from byhand.judge.task import GUESS, Convention, Names, Task

_NAME = re.compile(r"_(?:auc|auroc|aucroc|rocauc|area_under|mann_whitney|mannwhitney|wilcoxon)(?:_|\d)|曲线下面积|AUC")
_ROC = re.compile(r"_rocs?_")
"""In the name of a function that may compute the curve or the area."""
_HEADING = re.compile(r"\bAUC\b|\bAUROC\b|AUC值|曲线下面积|area under", re.IGNORECASE)
_UNDEFINED = {"AssertionError", "RuntimeError", "Exception", NO_NUMBER, "UndefinedMetricWarning"}
ONE_CLASS = ("one class", "no positive")


@dataclass(frozen=True)
class Way(Convention):
    """A form of the call, and how the labels are described."""

    form: Form = field(default=Form("numpy", (0, 1), "scores", "0/1", "vector"))
    group: int = 0
    labels: str = "labels 0 and 1"
    """The description of the labels for the report."""
    calls: Calls | None = field(default=None, compare=False, repr=False)
    digits: int | None = None
    """The number of digits after the point to which the result is rounded; None if it is not rounded."""

    def describe(self) -> Mapping[str, str]:
        """The arguments in the learner's order, and the kind of arrays."""
        words = ("scores", self.labels)
        arguments = ", ".join(word for _, word in sorted(zip(self.form.places, words, strict=True)))
        return {"arguments": arguments, "arrays": CONTAINERS[self.form.container]}


class RocAuc(Task[Way]):
    """The task of ROC AUC; the prediction is the scores and the target the labels."""

    name = "roc_auc"

    def refusal(self, definition: Definition) -> str:
        """The parameters without a known meaning, if its name says that it is this task."""
        return refusal(definition) if self.bears(definition.name) and not given_sorted(definition) else ""

    def recognises(self, definition: Definition) -> float:
        """By its name, or by the heading above a function of two arrays; a function of two rates is not one."""
        name, calls = spelt(definition.name), new_calls(definition, self.name)
        inputs = calls.signature.inputs if calls else definition.parameters
        inputs = definition.parameters if calls and calls.signature.pairs_parameter else inputs
        if relative(self.name, definition.name, inputs, definition.source):
            return 0.0
        if calls is None:
            return 1.0 if _NAME.search(name) else 0.0
        if _NAME.search(name):
            return 0.0 if given_sorted(definition) else 1.0
        counts = re.search(r"sort|rank|for\b.*\bin|cumsum|\[:, ?None\]|unsqueeze", definition.source)
        if not counts or "return" not in definition.source:
            return 0.0
        return 0.6 if _HEADING.search(definition.heading) else GUESS if _ROC.search(name) else 0.0

    def bears(self, name: str) -> bool:
        """Whether its words name a ROC AUC and no related formula."""
        return bool(_NAME.search(spelt(name))) and not relative(self.name, name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """All combinations of orders, kinds of labels and kinds of arrays."""
        calls = new_calls(definition, self.name)
        if calls is None:
            return
        target = target_place(calls.signature.inputs)
        for group, container in enumerate(array_kinds(definition)):
            shapes = ("vector", "one by one") if calls.signature.result_method and container == "list" else ("vector",)
            places = (1, 0) if target is None else (target, 1 - target)
            for place, kind, shape in product(places, labels(definition, calls), shapes):
                swapped = target is not None and place != target
                sure = swapped and all(abs(target_weight(name) or 0) >= 3 for name in calls.signature.inputs)
                swap_cost = MISTAKEN if sure else 20 if swapped else 0
                cost = group + swap_cost + kind.cost + (target is None and place == 1) + (shape != "vector")
                form = Form(container, (1 - place, place), "scores", kind.target, shape, words=kind.words)
                pages = known("roc_auc/labels-and-scores-swapped") if sure else ()
                yield Way(cost, pages, form, group, kind.description, calls)
                for number in digits(definition):
                    yield Way(cost + COST, (*pages, *PAGE), form, group, kind.description, calls, number)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Scores without ties, some of different classes almost equal; one AUC is below ½, the others are above."""
        few = _drawn(rng, convention, "a few", rng.choice(np.arange(1, 20), 5, replace=False) / 20, 2)
        y = np.array([1, 0, 1, 0, 0, 1, 0, 1, 0, 0, 0])
        x = np.zeros(11)
        while _auc(x, y) < 0.55 or any(  # rounding the scores to classes or bins must change the AUC
            abs(_auc(np.floor(bins * x), y) - _auc(x, y)) < 0.01 for bins in (2, 9, 10, 20, 50)
        ):
            x = (rng.permutation(11) + rng.uniform(0.1, 0.4, 11)) / 12
            x[2], x[5] = x[1] + 1e-5, x[3] + 1e-5
        order = np.argsort(x)
        return [few, _given(convention, "close scores", x, y), _given(convention, "sorted", x[order], y[order])]

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Ties, sorted or not; a single class; scores that are not probabilities."""
        x = np.array([0.75, 0.75, 0.5, 0.5, 0.5, 0.25, 0.25, 0.125])
        y = np.array([0, 1, 1, 0, 0, 1, 0, 0])
        mixed = rng.permutation(8)
        return [
            _given(convention, "ties", x, y, edge=True),
            _given(convention, "ties, unsorted", x[mixed], y[mixed], edge=True),
            _given(convention, "all tied", np.full(5, 0.5), np.array([1, 0, 0, 1, 0]), edge=True),
            _given(convention, "one class", x[[0, 2, 5]], np.array([1, 1, 1]), edge=True),
            _given(convention, "no positive", x[[0, 2, 5]], np.array([0, 0, 0]), edge=True),
            _given(convention, "scores outside 0 to 1", 20 * (x + np.arange(8) / 80) - 9, y, edge=True),
            _given(convention, "integer scores", np.array([3, 1, 4, 2, 9, 6]), y[:6], edge=True),
        ]

    def smaller(self, convention: Way, edge: Probe) -> Sequence[Probe]:
        """For ties: two tied scores, or three of which two are tied."""
        if edge.name not in ("ties", "ties, unsorted", "all tied"):
            return ()
        scores = [[0.5, 0.5]] + ([] if edge.name == "all tied" else [[0.75, 0.5, 0.5], [0.25, 0.5, 0.5]])
        labels = {2: [[0, 1], [1, 0]], 3: [[0, 0, 1], [0, 1, 0], [1, 0, 1], [1, 1, 0]]}
        pairs = [(np.array(x), np.array(y)) for x in scores for y in labels[len(x)]]
        return [_given(convention, f"{edge.name}, small {i}", x, y, edge=True) for i, (x, y) in enumerate(pairs)]

    def observe(self, session: Session, definition: Definition, convention: Way, probe: Probe) -> Outcome:
        """The first single number of its result. Where the AUC is undefined, a refusal counts as nan."""
        assert convention.calls is not None
        inputs = {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}
        raw = convention.calls.make(session, definition, convention.form, probe.name, inputs, convention.group)
        if raw.failure is not None:
            if probe.name in ONE_CLASS and raw.failure.error in _UNDEFINED:
                return Outcome({"value": np.asarray(np.nan)})
            if probe.name in ONE_CLASS and raw.failure.error == "ZeroDivisionError":
                return replace(raw.failure, stumbles=True)
            return raw.failure
        if probe.name == "many scores" and len(raw.arrays) >= PARTS:  # of a long list only the first numbers are read
            return Outcome(error=NO_NUMBER)
        for array in raw.arrays:
            if array.size == 1:
                half = definition.half if definition.half and _rounds(session, definition, convention) else 0.0
                return Outcome(_values(probe, array.reshape(())), eps=max(raw.eps, half))
        return Outcome(error=NO_NUMBER, instead=returned(shaped(raw.arrays[0].shape)))

    def predict(self, names: Names, convention: Way, probe: Probe) -> Outcome:
        """The formula's result in float64."""
        scores, labels = (torch.tensor(np.asarray(probe.inputs[role])) for role in ("pred", "target"))
        value = names["roc_auc"](scores, labels > 0).double().numpy()
        if convention.digits is not None:
            value = np.round(value, convention.digits)
        return Outcome(_values(probe, value), scale={"value": np.asarray(1.0)})

    def outside_convention(
        self, convention: Way, hypothesis: Hypothesis, rng: np.random.Generator, half: bool
    ) -> Iterable[tuple[Probe, Sequence[Outcome]]]:
        """Many scores; in half precision, scores and an AUC that half precision represents exactly."""
        if half:
            x = rng.permutation(8) / 8
            for name, positive in (("all in order", (4, 5, 6, 7)), ("in some order", (3, 4, 6, 7))):
                y = np.isin(8 * x, positive).astype(np.int64)
                probe = _given(convention, name, x, y)
                probe = replace(probe, inputs={**probe.inputs, "pairs": 16})
                yield probe, [self.predict(clinic.program(self.name, hypothesis.changes), convention, probe)]
        elif convention.form.shape == "vector":
            x = rng.permutation(256) / 256
            probe = _given(convention, "many scores", x, (x + rng.uniform(-0.3, 0.3, 256) > 0.4).astype(np.int64))
            yield probe, [self.predict(clinic.program(self.name, hypothesis.changes), convention, probe)]

    def half(self, session: Session, definition: Definition, convention: Way) -> float:
        """By its code alone, since the probes in half precision have exact results."""
        return definition.half

    def doubtful(self, definition: Definition) -> bool:
        """Whether its name has a word that suggests another formula."""
        return unfamiliar(definition.name)

    def called_wrongly(self, definition: Definition, convention: Way, outcome: Outcome) -> bool:
        """Whether it failed because its inputs were not of the form that it expects."""
        return misled(definition, outcome)

    def show(self, probe: Probe) -> str:
        """Such as "scores = [0.1, 0.9], labels = [0, 1]"."""
        target = np.asarray(probe.inputs["target"]).astype(np.int64)
        words = probe.inputs.get("words")
        labels = f"[{', '.join(words[label] for label in target)}]" if isinstance(words, tuple) else listed(target)
        return f"scores = {listed(probe.inputs['pred'])}, labels = {labels}"

    def further_checks(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Calls of a library, writes to inputs, labels −1 and 1, options, growth of time and memory."""
        calls = convention.calls
        assert calls is not None
        probe = self.ordinary(convention, rng)[0]
        inputs = {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}
        form, edges = convention.form, self.edges(convention, rng)
        yield from further_checks(self.name, session, definition, calls, form, inputs, edges)
        yield from batches(session, definition, calls, form, _two_batches(convention))
        yield from signed_labels(session, definition, calls, form, inputs)
        if convention.digits is not None:
            return  # the rounding hides the effect of options and of more scores
        yield from options(session, definition, calls, form, rng)
        yield from overflow(session, definition, calls, form, rng)
        yield from growth(session, definition, calls, form, rng)


def _auc(x: Array, y: Array) -> float:
    """The AUC by all pairs; ties count ½."""
    pos, neg = x[y == 1][:, None].astype(np.float64), x[y == 0].astype(np.float64)
    return float((pos > neg).mean() + (pos == neg).mean() / 2)


def _drawn(rng: np.random.Generator, way: Way, name: str, x: Array, n_pos: int) -> Probe:
    """A probe with ``n_pos`` positives and an AUC above 0 and below ½."""
    while True:
        y = rng.permutation((np.arange(len(x)) < n_pos).astype(np.int64))
        beaten = int((x[y == 1][:, None] > x[y == 0][None, :]).sum())
        if 0 < beaten < n_pos * (len(x) - n_pos) / 2:
            return _given(way, name, x, y)


def _values(probe: Probe, value: Array) -> Mapping[str, Array]:
    """The value; for a probe with a number of ``pairs`` also whether it is a whole number of them."""
    if "pairs" not in probe.inputs:
        return {"value": value}
    pairs = float(value) * float(np.asarray(probe.inputs["pairs"]))
    return {"value": value, "whole": np.asarray(np.isfinite(pairs) and abs(pairs - np.round(pairs)) < 1e-4)}


def _rounds(session: Session, definition: Definition, way: Way) -> bool:
    """Whether it treats two scores as tied that are equal only in half precision."""
    assert way.calls is not None
    inputs = _given(way, "", np.array([0.5, 0.5 + 1e-5]), np.array([0, 1])).inputs
    given = {role: np.asarray(inputs[role]) for role in ("pred", "target")}
    raw = way.calls.make(session, definition, way.form, "two close scores", given, way.group)
    return any(array.size == 1 and float(array.reshape(())) == 0.5 for array in raw.arrays)


def _two_batches(way: Way) -> Mapping[str, Array]:
    """Scores whose AUC is not the mean of the AUCs of their first two thirds and the rest."""
    probe = _given(way, "", np.array([9, 2, 8, 4, 1, 3, 5, 7, 6]) / 10, np.array([1, 0, 0, 1, 0, 0, 1, 0, 1]))
    return {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}


def _given(way: Way, name: str, x: Array, y: Array, edge: bool = False) -> Probe:
    words = {"words": way.form.words} if way.form.words else {}
    return Probe(name, edge, {"pred": x, "target": labelled(way.form, y), **words})


TASK = RocAuc()
