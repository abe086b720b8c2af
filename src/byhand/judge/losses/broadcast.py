"""Broadcasting by mistake: one number for each pair of rows in place of one per row. Their mean may still be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.model import Definition, Finding
from byhand.judge.phrases import equals
from byhand.judge.session import Session

_COLUMN = re.compile(r"\(\s*\w+\s*,\s*1\s*\)|squeeze|keepdim|\[:, (?:None|np\.newaxis)\]|reshape|\bview\(")
"""In the text of a program whose predictions may be a column, (N, 1)."""
_PICKS = re.compile(r"\bdiag(?:onal)?\b|\btrace\b|einsum")
"""In the text of a program that then takes the diagonal."""


def broadcast(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A note if it computes a number for each pair of rows, and the result is right; ``inputs`` are normalised."""
    reply = calls.call(session, definition, form, inputs, measure=True)
    pred, target = np.asarray(inputs["pred"], np.float64), np.asarray(inputs["target"]).astype(np.int64)
    log_p = np.log(pred) if form.kind == "probabilities" else pred
    right = -log_p[np.arange(len(target)), target].mean()
    observed = [session.get("@out", i) for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1][:1]
    if reply.peak >= len(target) ** 2 and any(value is not None and np.allclose(value, right) for value in observed):
        yield Finding("", "note", note="pairs of rows" if _PICKS.search(definition.source) else "mean of pairs")


def column_against_vector(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A note if predictions (N, 1) and targets (N,) give a number, but another than with equal shapes."""
    text = definition.source + definition.heading
    if form.container == "list" or not _COLUMN.search(text):
        return
    found = []
    for pred in (inputs["pred"], np.asarray(inputs["pred"])[:, None]):
        reply = calls.call(session, definition, form, {**inputs, "pred": pred})
        place = next((i for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1), None)
        value = None if place is None else session.get("@out", place)
        if value is None:
            return
        found.append(float(value.reshape(())))
    same, other = found
    if not np.isclose(same, other):
        detail = {"yours": equals("value", other), "formula": equals("value", same)}
        yield Finding("", "note", note="column against vector", detail=detail)
