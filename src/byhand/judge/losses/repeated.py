"""Whether the result of a loss object depends on earlier calls."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form, numeric
from byhand.judge.functions.further_checks import RESETS
from byhand.judge.model import Definition, Finding
from byhand.judge.phrases import equals
from byhand.judge.session import Reply, Session

PAGE = "cross_entropy/kept-from-the-call-before"
_GATHERS = re.compile(r"metric|meter|average|running|tracker|monitor|指标|累计|平均", re.IGNORECASE)
"""Names of classes that are meant to accumulate their inputs."""


def repeated(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A mistake if a second call of one object gives another loss than the first call of a new object."""
    gathers = (
        calls.signature.result_method
        or any(definition.method(name) for name in RESETS)
        or _GATHERS.search(definition.name)
    )
    if not definition.is_class or gathers or calls.signature.inputs_in_constructor or calls.signature.method == "apply":
        return
    alone = _number(session, calls.call(session, definition, form, inputs))
    pred = np.asarray(inputs["pred"], np.float64)
    other = np.roll(pred, 1, -1) if pred.ndim else pred / 2
    first = calls.call(session, definition, form, {**inputs, "pred": other})
    if alone is None or not first.ok:
        return
    reply = calls.call(session, definition, form, inputs, again=True)
    second = _number(session, reply)
    if second is not None and second.shape == alone.shape and np.allclose(second, alone, rtol=1e-3, equal_nan=True):
        return
    yours, formula = (equals("value", float(x.ravel()[0])) if x is not None else "" for x in (second, alone))
    yield Finding(PAGE, "mistake", None, "", yours or reply.outcome.sentence, formula)


def _number(session: Session, reply: Reply) -> Array | None:
    place = next((i for i, leaf in enumerate(reply.leaves) if numeric(leaf)), None) if reply.ok else None
    return None if place is None else session.get("@out", place)
