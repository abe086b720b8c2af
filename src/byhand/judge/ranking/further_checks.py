"""Further checks of a ROC AUC: labels −1 and 1, integer overflow, growth of time and memory."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import NamedTuple

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.functions.draws import listed
from byhand.judge.model import Definition, Finding
from byhand.judge.phrases import Phrase, equals
from byhand.judge.ranking.labels import SIGNED, labelled, without_shapes
from byhand.judge.session import Reply, Session

_SIGNED_ABOVE = re.compile(r"(?<!\d)[-−]\s*1\b|±\s*1|\bSVM\b|支持向量机")
_ZERO_ONE = re.compile(
    r"\b0\s*(?:/|或|和|、|,|or|and|\|)\s*1\b|=\s*0(?![.\d])|\b1\s*-\s*\w|\bbinary labels|not in \(0|astype\(int\)"
)
"""In the text of a program whose negative label is 0."""
_TRUTH = re.compile(r"\.bool\(\)|astype\((?:np\.)?bool_?\)|dtype=(?:np\.|torch\.)?bool|\bto\(torch\.bool\)|!= ?0")
FEW, MANY = 40, 1200
"""Numbers of scores; four times as many as FEW take 16 times the steps if all pairs are compared."""
STEPS = 20_000
"""A program with more steps at four times FEW is not called with MANY: that could take a minute."""
_NARROW = re.compile(r"int32|int16|IntTensor|\.int\(|\.short\(|intc\b")


def signed_labels(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A finding if labels −1 and 1 give another result than 0 and 1.

    It is a mistake if the program mentions −1. If the program mentions 0 and 1, nothing is reported. Otherwise a finite
    wrong number is reported: as an edge if the program converts labels to bool, which accepts any label, else as a
    note.
    """
    source = without_shapes(definition.source)
    mentioned = bool(SIGNED.search(source) or _SIGNED_ABOVE.search(definition.heading))
    if form.target != "0/1" or (not mentioned and _ZERO_ONE.search(source + definition.heading)):
        return
    answers = []
    for target in (inputs["target"], 2 * np.asarray(inputs["target"]).astype(np.int64) - 1):
        reply = calls.call(session, definition, form, {"pred": inputs["pred"], "target": target})
        if not reply.ok and reply.error in ("ValueError", "AssertionError"):
            return
        answers.append([session.get("@out", i) for i in range(min(len(reply.leaves), 3))])
    right, signed = answers
    if len(right) == len(signed) and all(
        a is not None and b is not None and a.shape == b.shape and np.allclose(a, b, equal_nan=True)
        for a, b in zip(right, signed, strict=True)
    ):
        return
    page = "roc_auc/labels-minus-one-taken-as-true"
    if mentioned:
        yield Finding(page, "mistake")
    elif signed and signed[0] is not None and signed[0].size == 1 and np.isfinite(signed[0].astype(np.float64)):
        yours, formula = (equals("value", float(x[0].reshape(()))) for x in (signed, right) if x[0] is not None)
        if _TRUTH.search(source):
            yield Finding(page, "edge", None, "labels −1 and 1", yours, formula, _shown(inputs))
        else:
            yield Finding("", "note", note="labels 0 and 1 only", detail={"yours": yours, "formula": formula})


def _shown(inputs: Mapping[str, Array]) -> str:
    return f"scores = {listed(inputs['pred'])}, labels = {listed(2 * np.asarray(inputs['target']).astype(int) - 1)}"


def overflow(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """A finding if the product of two counts overflows the program's integer type."""
    if not _NARROW.search(definition.program):
        return
    n = 10**5
    scores, positive = rng.permutation(n) / n, np.arange(n) % 2 == 1
    reply = calls.call(session, definition, form, {"pred": scores, "target": labelled(form, positive)})
    value, auc = _number(session, reply), _of_halves(scores, positive)
    if reply.ok and value is not None and not abs(value - auc) < 1e-4:
        yield _large("roc_auc/int-overflow", value, auc, n)


def _number(session: Session, reply: Reply) -> float | None:
    """The first result with a single element, as a float."""
    place = next((i for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1), None)
    value = None if place is None else session.get("@out", place)
    return None if value is None else float(value.reshape(()))


def _of_halves(scores: Array, labels: Array) -> float:
    """The AUC of distinct scores, half of which are positive."""
    half = len(scores) / 2
    ranks = np.argsort(np.argsort(scores)) + 1.0
    return float((ranks[labels.astype(bool)].sum() - half * (half + 1) / 2) / half**2)


def _large(page: str, value: float, auc: float, n: int) -> Finding:
    """A result that is wrong only for many scores."""
    given = Phrase("different scores", {"n": str(n)})
    return Finding(page, "edge", None, "a large sample", equals("value", value), equals("value", auc), given)


def growth(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """A finding if steps or memory grow with the square of the number of scores, or if many scores give a wrong AUC.

    Steps are counted, since a time would depend on what else the machine does.
    """
    ask = partial(_ask, session, definition, calls, form, rng)
    few, more, many = ask(FEW, measure=True), ask(4 * FEW, measure=True), None
    if not few.ok or not more.ok:
        return
    slow = more.steps > 9 * few.steps and more.steps > (4 * FEW) ** 2 / 8
    if more.steps < STEPS:
        many = ask(MANY, measure=not slow)
        if not many.ok:
            return
        if more.gap < 1e-5 and many.value is not None and not many.gap < 1e-3 and not definition.half:
            yield _large("", many.value, many.auc, MANY)
    if slow or (many is not None and many.peak >= MANY**2 / 8):
        yield Finding("roc_auc/all-pairs", "convention")


class _Asked(NamedTuple):
    """What a call with so many scores gave, and the right AUC."""

    ok: bool
    steps: int
    peak: int
    value: float | None
    auc: float

    @property
    def gap(self) -> float:
        return np.inf if self.value is None else abs(self.value - self.auc)


def _ask(
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    rng: np.random.Generator,
    n: int,
    measure: bool,
) -> _Asked:
    positive = np.arange(n) % 2 == 0
    # The AUC of the first scores differs from that of all, so a program that skips some is noticed.
    drawn = rng.uniform(size=n) + np.where(positive, 0.5, -0.5) * np.arange(n) / n
    scores = np.argsort(np.argsort(drawn)) / n
    inputs = {"pred": scores, "target": labelled(form, positive)}
    reply = calls.call(session, definition, form, inputs, measure=measure)
    return _Asked(reply.ok, reply.steps, reply.peak, _number(session, reply), _of_halves(scores, positive))
