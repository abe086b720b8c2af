"""Probes outside of a calling convention: rows that are not distributions, logits, and larger batches.

On probabilities and their logarithms, different programs agree: the log-sum-exp of every row is 0, so it makes no
difference whether it is added, squared or left out. These probes tell such programs apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.compare import ROUNDINGS, TIERS, agree
from byhand.judge.diagnosis import clinic
from byhand.judge.diagnosis.hypothesis import Hypothesis, joined
from byhand.judge.functions.calls import Array
from byhand.judge.functions.costs import known
from byhand.judge.functions.draws import classes, one_hot, probabilities, reshaped
from byhand.judge.losses.ways import Way
from byhand.judge.model import FLOAT32, Definition, Finding, Outcome, Probe
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.losses.loss import LossTask

_LOOSE = 0.03 / (ROUNDINGS * FLOAT32)
"""A scale such that, in single precision, a value may be off by 3 %."""
_ROLES = ("pred", "target")
_AS_GIVEN = ("not-normalised", "minus-p-plus-q")
"""Pages that concern only rows that do not sum to 1."""


def outside_convention(
    task: LossTask, way: Way, hypothesis: Hypothesis, rng: np.random.Generator
) -> Iterator[tuple[Probe, list[Outcome]]]:
    """Rows that do not sum to 1, with the results of right programs, which may divide each input by its sum or not."""
    kind, entropy = way.form.kind, task.name == "cross_entropy"
    if way.form.shape == "batch":
        yield _many(task, way, hypothesis, rng)
    if entropy and kind in ("logits", "binary logits"):
        yield _far(task, way, hypothesis, rng)
    logs = entropy and kind.startswith("log-")
    # The result of a changed formula for logarithms of weights is known only if they are logits.
    if (
        (logs and hypothesis.changes and not way.named_logits)
        or kind in ("logits", *task.binary)
        or way.form.shape not in ("batch", "sequences", "row")
    ):
        return
    n = 1 if way.form.shape == "row" else 3
    given: dict[str, Array] = {role: rng.uniform(0.08, 0.24, (n, 4)) for role in _ROLES}
    given |= {"target": _classes(way, rng, n, 4)} if entropy else {}
    if logs:  # losses of 8 to 10
        rare = given["target"] if way.form.target == "indices" else given["target"].argmax(-1)
        given["pred"][np.arange(n), rare] *= np.exp(-rng.uniform(7.5, 8, n))
    probe = probe_of(way, "rows that do not sum to one", given)
    outcomes = []
    for number, divided in enumerate(product((False, True), repeat=1 if entropy else 2)):
        roles = [role for role, whole in zip(_ROLES, divided, strict=False) if whole]
        inputs = {**given, **{role: _divided(given[role]) for role in roles}}
        name = f"{probe.name}, {number}"
        if logs and not roles:
            # The formula of logits divides by the sum; that of probabilities does not.
            plain = replace(way, form=replace(way.form, kind="probabilities"), words=("probabilities", way.words[1]))
            outcomes.append(task.predict(clinic.program(task.name), plain, probe_of(plain, name, inputs)))
            continue
        for changed in _as_given(task.name, hypothesis):
            names = clinic.program(task.name, changed.changes)
            outcomes.append(task.predict(names, way, probe_of(way, f"{name}, {len(outcomes)}", inputs)))
    yield probe, outcomes


def _far(task: LossTask, way: Way, hypothesis: Hypothesis, rng: np.random.Generator) -> tuple[Probe, list[Outcome]]:
    """Logits with losses of 7.5 to 8.5, to find bounds on the loss; constants added under a logarithm are tolerated."""
    if way.form.kind in task.binary:
        n = 1 if way.form.shape == "scalar" else 4
        t = rng.permutation(np.arange(n) % 2)
        x = reshaped((1 - 2 * t) * rng.uniform(7.5, 8.5, n), way.form.shape)
        target: Array = reshaped(2 * t - 1 if way.form.target == "±1" else t, way.form.shape)
        inputs = {"pred": x, "target": target, "words": ("x", "target"), "gradient": False}
        probe = Probe("losses of about 8", False, inputs)
    else:
        n = 1 if way.form.shape == "row" else 4
        y = classes(rng, n, 4)
        x = rng.uniform(-0.1, 0.1, (n, 4)) - one_hot(y, 4) * rng.uniform(6.5, 7, (n, 1))
        target = y if way.form.target == "indices" else one_hot(y, 4)
        probe = probe_of(way, "losses of about 8", {"pred": x, "target": target})
    return probe, [_tolerant(task, way, hypothesis, probe)]


def _many(task: LossTask, way: Way, hypothesis: Hypothesis, rng: np.random.Generator) -> tuple[Probe, list[Outcome]]:
    """A probe with more rows and columns than a program would have constants for."""
    n, columns = 40, 23
    given: dict[str, Array] = {role: rng.uniform(0.5, 3.5, (n, columns)) for role in _ROLES}
    if way.form.kind != "logits":
        given = {role: _divided(x) for role, x in given.items()}
    given |= {"target": _classes(way, rng, n, columns)} if task.name == "cross_entropy" else {}
    probe = probe_of(way, "many rows", given)
    return probe, [_tolerant(task, way, hypothesis, probe)]


def _tolerant(task: LossTask, way: Way, hypothesis: Hypothesis, probe: Probe) -> Outcome:
    """The prediction, with a tolerance for constants added under a logarithm."""
    expected = task.predict(clinic.program(task.name, hypothesis.changes), way, probe)
    return replace(expected, scale={"value": _LOOSE * np.abs(expected.values["value"])})


def _as_given(task: str, hypothesis: Hypothesis) -> Iterator[Hypothesis]:
    """The hypothesis, alone and together with each page of :data:`_AS_GIVEN`."""
    yield hypothesis
    for name in _AS_GIVEN:
        for id in known(f"{task}/{name}"):
            for change in clinic.page(id).changes():
                yield from joined(hypothesis, Hypothesis((change,)))


def misread_logits(
    task: LossTask, session: Session, definition: Definition, way: Way, rng: np.random.Generator
) -> Iterator[Finding]:
    """The mistake of a program that calls an input logits, but is right only for probabilities or their logarithms."""
    for role in sorted(way.named_logits):
        logs = role in _logarithms(way)
        given, made = _logits(task, way, rng, role, logs)
        probe = probe_of(way, f"logits as {role}", given)
        right = clinic.program(task.name)
        expected = task.predict(right, way, probe_of(way, f"{probe.name}, softmax", {**given, role: made}))
        observed = task.observe(session, definition, way, probe)
        if observed.error or agree(observed, expected, TIERS[-1]):
            continue
        name = "logits-not-normalised" if logs else "logits-taken-as-probabilities"
        if not logs and way.form.kind not in task.binary:
            inputs = {**given, role: _divided(given[role])}
            divided = task.predict(right, way, probe_of(way, f"{probe.name}, divided", inputs))
            name = "softmax-without-exp" if agree(observed, divided, TIERS[-1]) else name
        page = next(page for page in clinic.pages(task.name) if page.name == name)
        shown, yours, formula = task.counterexample(probe, observed, expected)
        yield Finding(page.id, "mistake", None, "", yours, formula, shown)
        return


def _logits(
    task: LossTask, way: Way, rng: np.random.Generator, role: str, logs: bool
) -> tuple[dict[str, Array], Array]:
    """Inputs in which ``role`` is logits, in the form that the way takes, and the softmax of these logits."""
    if way.form.kind in task.binary:
        given = {"pred": rng.permutation([0.125, 0.25, 0.75]), "target": np.array([1.0, 0.0, 1.0])}
        given |= {"target": rng.permutation([0.25, 0.5, 0.875])} if task.name != "cross_entropy" else {}
        return given, 1 / (1 + np.exp(-given[role]))
    n = 1 if way.form.shape == "row" else 2
    x = rng.permuted(np.tile([0.5, 1.0, 3.0], (n, 1)), axis=-1)
    p = np.tile([0.5, 0.25, 0.25], (n, 1))
    given = {"pred": p, "target": _classes(way, rng, n, 3) if task.name == "cross_entropy" else p}
    return {**given, role: np.exp(x) if logs else x}, _divided(np.exp(x))


def _divided(x: Array) -> Array:
    weights = x.astype(np.float64)
    return np.asarray(weights / weights.sum(-1, keepdims=True))


def _classes(way: Way, rng: np.random.Generator, n: int, columns: int) -> Array:
    y = classes(rng, n, columns)
    if way.form.target == "soft":
        return probabilities(rng, n, columns)
    return y if way.form.target == "indices" else one_hot(y, columns)


def probe_of(way: Way, name: str, given: Mapping[str, Array]) -> Probe:
    """A probe of weights in the form that the way takes, as they are or as logarithms; without a gradient."""
    logs = _logarithms(way)
    inputs = {role: np.log(x) if role in logs else x for role, x in given.items()}
    if way.form.shape == "row":
        inputs = {role: x[0] for role, x in inputs.items()}
    elif way.form.shape == "sequences":
        inputs = {role: x[None] for role, x in inputs.items()}
    elif way.form.shape != "batch":
        inputs = {role: reshaped(x, way.form.shape) for role, x in inputs.items()}
    words = tuple(
        re.sub(r"^[^ ]*(?= [QP]$|$)", "logits", word) if role in way.named_logits else word
        for role, word in zip(_ROLES, way.words, strict=True)
    )
    return Probe(name, False, {**inputs, "words": words, "gradient": False})


def _logarithms(way: Way) -> list[str]:
    """The inputs that are logarithms of probabilities in this way."""
    return [role for role, word in zip(_ROLES, way.words, strict=True) if word.startswith("log-")]
