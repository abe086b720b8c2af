"""Broadcasting by mistake: one number for each pair of rows in place of one per row. Their mean may still be right."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session

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
