"""Half precision: whether a loss computes in it, and a probe on which its rounding does not hide a wrong factor."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.compare import rounded
from byhand.judge.functions.draws import one_hot
from byhand.judge.losses.outside_convention import probe_of
from byhand.judge.losses.ways import Way
from byhand.judge.model import COARSE, Definition, Probe
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.losses.loss import LossTask

_MOVED = 2.0**-16
"""A relative change that half precision rounds away, and single precision does not."""
_ROUNDED_ONCE = 2.0**-9
"""Twice this is the largest error of one rounding to bfloat16."""


def half_precision_eps(task: LossTask, session: Session, definition: Definition, way: Way) -> float:
    """The eps of the half precision that the code mentions, if a change below its precision does not change the loss.

    Else 0: the code may mention half precision only in a branch that is never run.
    """
    if not definition.half:
        return 0.0
    probe = task.ordinary(way, np.random.default_rng(0))[1]
    given = {role: rounded(np.asarray(probe.inputs[role]), COARSE["bfloat16"]) for role in ("pred", "target")}
    probe = replace(probe, name="exact in half precision", inputs={**probe.inputs, **given})
    plain = task.observe(session, definition, way, probe).values.get("value")
    for role in ("pred", "target") if way.form.target == "rows" else ("pred",):
        x = given[role].astype(np.float64)
        moved = x * (1 + _MOVED * np.random.default_rng(1).uniform(0.5, 1, x.shape))
        near = replace(probe, name=f"{probe.name}, {role} moved", inputs={**probe.inputs, role: moved})
        value = task.observe(session, definition, way, near).values.get("value")
        if plain is None or value is None or (plain.shape == value.shape and np.any(plain == value)):
            return definition.half
    return 0.0


def large_loss(task: LossTask, way: Way) -> Probe:
    """A probe whose losses are large, so that rounding is relatively small; half precision represents its inputs."""
    kind, rows = way.form.kind, 1 if way.form.shape == "row" else 2
    few, rare = 2.0**-7, 2.0**-10  # the logarithm of 2⁻¹⁰ is nearly a bfloat16
    if kind in task.binary:
        x = np.array([12.0, 8.0, -12.0, -8.0]) if kind.endswith("logits") else np.full(4, rare)
        t = (x < 0.5).astype(np.float64)
        t = 2 * t - 1 if way.form.target == "±1" else t if task.name == "cross_entropy" else np.full(4, 1 - few)
        given = {"pred": x, "target": t}
    else:
        given = {"pred": np.tile([1 - rare, rare], (rows, 1)), "target": np.tile([few, 1 - few], (rows, 1))}
        given |= {"pred": np.tile([0.0, -12.0], (rows, 1)), "target": np.zeros((rows, 2))} if kind == "logits" else {}
        if task.name == "cross_entropy":
            y = np.ones(rows, np.int64)
            given["target"] = y if way.form.target == "indices" else one_hot(y, 2)
    probe = probe_of(way, "a large loss", given)
    if way.form.extra and kind != "logits":  # with a temperature, probabilities are not represented exactly
        return probe
    return replace(probe, inputs={**probe.inputs, "eps": _ROUNDED_ONCE} | ({"extra": 2.0} if way.form.extra else {}))
