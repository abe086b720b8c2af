"""How cross-entropy is judged: with logits, probabilities or log-probabilities, of two or of many classes."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import torch
from torch import Tensor

from byhand.judge.diagnosis import clinic
from byhand.judge.functions.calls import Calls, Form, new_calls
from byhand.judge.functions.costs import CONTRADICTED, known
from byhand.judge.functions.draws import classes, probabilities
from byhand.judge.functions.names import LOGARITHM, array_kinds, spelt
from byhand.judge.functions.relatives import relative
from byhand.judge.functions.signatures import Signature, of_itself
from byhand.judge.losses import kinds
from byhand.judge.losses.broadcast import broadcast, column_against_vector
from byhand.judge.losses.entropy import binary_edges, binary_ordinary, edges, ordinary, small_edges
from byhand.judge.losses.evidence import called_logits
from byhand.judge.losses.gradient_reading import gradient_readings, writes_gradient
from byhand.judge.losses.loss import ROUNDED_VALUE, LossTask
from byhand.judge.losses.options import binary_options, options
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
from byhand.judge.model import Definition, Finding, Probe
from byhand.judge.session import Session
from byhand.judge.task import GUESS, Names

_NAME = re.compile(
    r"_(?:cross_?ent(?:ropy)?|crossentropy|x_?ent(?:ropy)?|s?ce|s?celoss|bce|bceloss|nll|nllloss|log_?loss|logistic_loss"
    r"|logistic_cost|softmax_cost|(?:softmax|sigmoid)_(?:with_)?loss|label_smooth(?:ing|ed)?_loss|negative_log_likelihood|neg_log_likelihood)(?:_|\d)|交叉熵|负对数似然"
)
_ALONE = re.compile(r"_entropy_|熵")
_HEADING = re.compile(r"cross.?entropy|交叉熵|log.?loss|negative log.?likelihood|\bBCE\b|\bNLL", re.IGNORECASE)
_LOG = re.compile(LOGARITHM + r"|cross_?entropy|nll_loss", re.IGNORECASE)
_CONCERNED = {
    "logits": {"log_softmax", "cross_entropy_with_logits"},
    "log-probabilities": {"log_softmax", "cross_entropy_with_logits"},
    "probabilities": {"cross_entropy", "cross_entropy_with_logits"},
    "binary probabilities": {"cross_entropy", "binary_cross_entropy"},
    "binary logits": {"binary_cross_entropy_with_logits"},
}
"""For each kind of input, the functions of the formula that predict its result."""
_SIGNED = re.compile(r"-\s*1\b|±|-\s*\w+\s*\*\s*\w+\s*[),]|margin|logistic")
"""In the text of a program with targets −1 and 1, as in exp(−t·x)."""
_SEQUENCES = re.compile(
    r"\w+, *\w+, *\w+ *= *\w+\.(?:shape|size\(\))|\(B, *T|\(-1, *\w+\.(?:shape\[-1\]|size\(-1\)|shape\[2\])"
)
"""In the text of a program that unpacks the shape (batch, position, class), or reshapes it to rows."""
_PICKS = re.compile(r"==\s*1\b|\.index\(\s*1|if \w+(?:\[\w+\])*\s*:")
"""In the text of a program that looks for the 1 in a one-hot row."""
_ENTROPY = r"\b(?!\w*cross)\w*(?:entropy|kl_?\w*|divergence)\("
"""In the text of a program that adds a KL divergence to the target's own entropy, which may fail at a target of 0."""
ROLES = ("pred", "target")
MANY = 150
"""Rows of a batch so large that one number for each pair of rows is more than a row needs."""
WORDS = {
    "logits": "logits",
    "probabilities": "probabilities",
    "log-probabilities": "log-probabilities",
    "binary probabilities": "probabilities of class 1",
    "binary logits": "logits of class 1",
    "indices": "class indices",
    "rows": "one-hot or soft targets",
    "one-hot": "one-hot targets",
    "one-hot only": "one-hot targets",
    "soft": "soft targets",
    "0/1": "0/1 targets",
    "±1": "−1/1 targets",
    "itself": "no target",
}


class CrossEntropy(LossTask):
    """The task of cross-entropy."""

    name = "cross_entropy"
    binary = frozenset({"binary probabilities", "binary logits"})
    harmless = frozenset({ROUNDED_VALUE})

    def recognises(self, definition: Definition) -> float:
        """By its name; else by the heading above a function with a logarithm; else by its structure alone."""
        name, calls = spelt(definition.name), new_calls(definition, self.name)
        if relative(self.name, definition.name, calls.signature.inputs if calls else (), definition.source):
            return 0.0
        if calls is None:
            return 1.0 if _NAME.search(name) else 0.0
        if _NAME.search(name):
            return 1.0 if name != "_ce_" or _LOG.search(definition.source) else 0.0  # a classification error
        if not _LOG.search(definition.source) or definition.is_class:
            return 0.0
        if _HEADING.search(definition.heading):
            return 0.7
        return GUESS if _shaped(definition) or _HEADING.search(ast.get_docstring(definition.node) or "") else 0.0

    def bears(self, name: str) -> bool:
        """Whether its words name a cross-entropy and no related formula."""
        return bool(_NAME.search(spelt(name))) and not relative(self.name, name)

    def new_calls(self, definition: Definition) -> Calls | None:
        """Also of an entropy, H(P, P), which is one of the seven only if the user says so."""
        alone = _ALONE.search(spelt(definition.name)) and not self.bears(definition.name)
        found = of_itself(definition) if alone else None
        return new_calls(definition, self.name) if found is None else Calls(found, self.name)

    def conventions(self, definition: Definition) -> Iterable[Way]:
        """All combinations of kinds, orders, shapes and results; those that the names suggest have cost 0."""
        calls = self.new_calls(definition)
        ways = with_rounding(definition, self._all(definition, calls)) if calls else ()
        return sorted(ways, key=lambda way: (way.group, way.cost))

    def _all(self, definition: Definition, calls: Calls) -> Iterator[Way]:
        for places, cost, pages in argument_orders(calls, known("cross_entropy/arguments-swapped")):
            logits_only = called_logits(definition, calls.signature.inputs[places[0]])
            costs = kinds.costs_of_cross_entropy(definition, calls, logits_only)
            if calls.signature.single:
                costs = {kind: costs[kind] for kind in ("probabilities", "binary probabilities") if kind in costs}
            for (group, container), kind in product(enumerate(array_kinds(definition)), costs):
                named_logits = frozenset({"pred"} if logits_only and not kind.endswith("logits") else ())
                for way in self._ways(definition, calls, kind, container, places):
                    yield in_container(replace(way, named_logits=named_logits), group, cost + costs[kind], pages)

    def _ways(
        self, definition: Definition, calls: Calls, kind: str, container: str, places: tuple[int, int]
    ) -> Iterator[Way]:
        two = kind in self.binary
        tried = dict(layouts(definition) if two else shapes(definition))
        if not two and _SEQUENCES.search(definition.source):
            tried["sequences"] = CONTRADICTED
        written = writes_gradient(definition, bool(calls.signature.backward))
        gradient = written or container == "torch"
        for (shape, shape_cost), (columns, axis_cost) in product(tried.items(), sample_axes(definition).items()):
            if columns and (two or shape != "batch"):
                continue
            for target, target_cost in _targets(kind, definition.source, calls.signature, places[1]).items():
                form = Form(container, places, kind, target, shape, columns=columns)
                rounded = known("cross_entropy/soft-targets-rounded") if target == "one-hot" else ()
                words = (WORDS[kind], WORDS[target])
                for result, result_cost, pages in results(self.name, shape):
                    for reading in gradient_readings(kind, result, written, False):
                        cost = shape_cost + (0 if two else axis_cost) + target_cost + result_cost + reading.cost
                        found = (*pages, *rounded, *reading.pages)
                        more: dict[str, Any] = {"gradient": gradient, "gradient_reading": reading}
                        yield Way(cost, found, form, result, 0, calls, words, **more)
                        if rounded and calls.signature.backward:
                            yield Way(cost, found, form, result, 0, calls, words, variant=ROUNDED_VALUE, **more)

    def ordinary(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Small and round numbers, then rows of other sizes, one with as many rows as classes."""
        form = convention.form
        return binary_ordinary(form, rng) if form.kind in self.binary else with_columns(form, ordinary(form, rng))

    def edges(self, convention: Way, rng: np.random.Generator) -> Sequence[Probe]:
        """Large logits, zero probabilities, a batch of one."""
        form = convention.form
        return binary_edges(form) if form.kind in self.binary else with_columns(form, edges(form, rng))

    def smaller(self, convention: Way, edge: Probe) -> Sequence[Probe]:
        """The same edge as one row of three numbers; none for two classes, whose edges are small already."""
        form = convention.form
        probes = [] if form.kind in self.binary else with_columns(form, small_edges(form))
        return [replace(probe, name=f"{edge.name}, small") for probe in probes if probe.name == edge.name]

    def option_findings(
        self, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
    ) -> Iterable[Finding]:
        """Findings about options; also a note if it broadcasts to a number for each pair of rows."""
        form, calls = convention.form, convention.calls
        assert calls is not None
        if form.columns:
            return
        if form.shape == "vector" and form.kind in self.binary and form.target == "0/1":
            yield from binary_options(session, definition, calls, form, convention.result, rng)
            few = {
                role: np.asarray(array)
                for role, array in binary_ordinary(form, rng)[-1].inputs.items()
                if role in ROLES
            }
            yield from column_against_vector(session, definition, calls, form, few)
        if form.shape != "batch":
            return
        if convention.result == "mean" and form.target == "indices":
            y = classes(rng, MANY, 3)
            pred = np.log(probabilities(rng, MANY, 3)) if form.kind != "probabilities" else probabilities(rng, MANY, 3)
            yield from broadcast(session, definition, calls, form, {"pred": pred, "target": y})
        yield from options(session, definition, calls, form, convention.result, rng)

    def concerns(self, convention: Way, changed: frozenset[str]) -> bool:
        """Whether a change of these functions of the formula can show in this calling convention."""
        return bool(changed & _CONCERNED[convention.form.kind])

    def rows(self, names: Names, way: Way, pred: Tensor, target: Tensor) -> Tensor:
        """The losses, by the function of the formula for this kind of input."""
        form = way.form
        target = pred if form.target == "itself" else target
        found: Tensor
        if form.shape == "sequences" and pred.dim() == 3:
            found = self.rows(names, way, pred.flatten(0, 1), target.flatten(0, 1))
            return found.reshape(pred.shape[:-1]) if found.numel() == pred[..., 0].numel() else found
        if form.kind in self.binary:
            by_logits = form.kind == "binary logits"
            function = names["binary_cross_entropy_with_logits" if by_logits else "binary_cross_entropy"]
            found = function(pred, (target + 1) / 2 if form.target == "±1" else target)
        elif form.kind == "probabilities":
            found = names["cross_entropy"](pred, _rows_of(target, pred))
            picked = _picked(names, pred, target)
            found = found if picked is None else picked
        else:
            found = _by_logits(names, pred, target, form.target == "one-hot")
        return found


def _targets(kind: str, source: str, signature: Signature, place: int) -> Mapping[str, int]:
    """The kinds of target for a kind of prediction, with costs; ``place`` is that of its parameter."""
    if signature.single:
        return {"itself": 0}
    target = signature.inputs[place]
    if kind.startswith("binary"):
        return {"0/1": 0} | ({"±1": 20} if "logits" in kind and _SIGNED.search(source) else {})
    picks = {"one-hot only": 12} if _PICKS.search(source) else {}
    if kind == "probabilities" and re.search(_ENTROPY + rf"|\blog\w*\(\s*{target}\b|\b{target}\.log\(", source):
        picks |= {"soft": 14}
    return {"indices": 0, "rows": 0} | ({"one-hot": 10} if "logits" in kind else {}) | picks


def _by_logits(names: Names, logits: Tensor, target: Tensor, picks: bool) -> Tensor:
    """The loss of logits. Soft targets give a weighted sum over the classes; with ``picks`` only the largest counts."""
    function = names["cross_entropy_with_logits"]
    found: Tensor
    if not target.is_floating_point() or picks:
        found = function(logits, target.argmax(-1) if picks else target)
        return found
    parts = [function(logits, torch.full(logits.shape[:-1], k)) for k in range(logits.shape[-1])]
    return torch.stack([part * target[..., k] for k, part in enumerate(parts)]).sum(0)


def _picked(names: Names, p: Tensor, target: Tensor) -> Tensor | None:
    """The result for probabilities if the change of the formula is in how the class is picked; else None.

    Such a change gives more numbers than rows.
    """
    right = clinic.program("cross_entropy")["cross_entropy_with_logits"]
    function = names["cross_entropy_with_logits"]
    if target.is_floating_point() or function.__code__.co_code == right.__code__.co_code:
        return None
    found: Tensor = function(p.log(), target)
    return found if found.dim() > target.dim() else None


def _rows_of(target: Tensor, pred: Tensor) -> Tensor:
    """The target as rows: classes become one-hot."""
    if target.is_floating_point():
        return target
    return torch.nn.functional.one_hot(target, pred.shape[-1]).to(pred.dtype)


def _shaped(definition: Definition) -> bool:
    """Whether it is a short function that sums."""
    source = definition.source
    return bool(re.search(r"\bsum\b|mean|\+=", source)) and source.count("\n") < 25


TASK = CrossEntropy()
