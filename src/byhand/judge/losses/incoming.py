"""Whether a backward pass written by hand multiplies by the incoming gradient, as the chain rule requires."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import KEPT, Array, Calls, Form, numeric
from byhand.judge.losses.backward import method_of
from byhand.judge.model import FLOAT32, Definition, Finding
from byhand.judge.phrases import equals
from byhand.judge.session import Session

EDGE = "an incoming gradient"
SEED = 1.7
"""An incoming gradient that differs from its own square and inverse."""
_FUNCTION = re.compile(r"\bFunction\)\s*:")
_NAME = re.compile(
    r"(?:d|d_?out(?:put)?|d_?l(?:oss)?|d[yzlo]|d_?values?|d_?(?:next|prev|upstream|top)|g|g[yzo]|delta|seed|upstream"
    r"|(?:\w+_)?(?:upstream|incoming)(?:_\w+)?|grad(?:ient)?s?|(?:out(?:put)?|upstream|loss|incoming|top|next)_?grad(?:ient)?s?"
    r"|grad(?:ient)?_?(?:out(?:put)?|loss|in|upstream|above|y|z)?|上游梯度|梯度)",
    re.IGNORECASE,
)
"""Names of the parameter for the incoming gradient."""


def incoming(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A finding unless an incoming gradient of 1.7 makes the gradient 1.7 times as large."""
    line, name = None, ""
    found: list[NDArray[np.float64] | None] = []
    for seed in (1.0, SEED):
        if not calls.signature.backward:
            found.append(_through_torch(session, definition, calls, form, inputs, seed))
            continue
        method = method_of(definition, calls.signature.backward)
        name = _parameter(method, calls) if method is not None else ""
        if method is None or not name:
            return
        line = method.lineno
        found.append(_called(session, definition, calls, form, inputs, name, seed))
    first, second = found
    if first is None or second is None or not np.isfinite(first).all() or not np.any(first):
        return
    size = np.abs(first).max()
    if np.abs(second - SEED * first).max() > 0.02 * size:
        i = np.unravel_index(np.argmax(np.abs(second - SEED * first)), first.shape)
        yours, formula = (equals("gradient", x, i) for x in (second[i], SEED * first[i]))
        yield Finding("", "edge", line, EDGE, yours, formula, f"{name or 'grad_output'} = {SEED}")


def _parameter(method: ast.FunctionDef, calls: Calls) -> str:
    """The parameter for the incoming gradient: a required one, or one whose default is 1 or None."""
    required = calls.signature.backward_parameters
    others = [name for name in required if name not in calls.signature.inputs]
    if len(others) == 1 and len(required) != 2 and _NAME.fullmatch(others[0]):
        return others[0]
    optional = zip(reversed(method.args.args), reversed(method.args.defaults), strict=False)
    for arg, default in optional:
        one = isinstance(default, ast.Constant) and (default.value is None or default.value == 1)
        if not others and one and not _is_bool(default) and _NAME.fullmatch(arg.arg):
            return arg.arg
    return ""


def _is_bool(default: ast.expr) -> bool:
    return isinstance(default, ast.Constant) and isinstance(default.value, bool)


def _called(
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    inputs: Mapping[str, Array],
    name: str,
    seed: float,
) -> NDArray[np.float64] | None:
    """The method's gradient for an incoming gradient, passed as a number or, if that fails, as an array."""
    shape = np.shape(inputs["pred"])
    for given in (seed, *(seed * np.ones(size) for size in (shape[:1], shape))):
        if not calls.call(session, definition, form, inputs).ok:
            return None
        value: object = given if isinstance(given, float) else session.put("@seed", given, form.container)
        more = {} if name in calls.signature.backward_parameters else {name: value}
        reply = calls.differentiate(session, form, value, more)
        if not reply.ok:
            continue
        for i, leaf in enumerate(reply.leaves):
            if leaf.shape == shape and numeric(leaf):
                return _wide(session.get("@dx", i), leaf.eps)
        for kept in KEPT:
            leaves = session.leaves(f"@loss.{kept}")
            if leaves and leaves[0].shape == shape and numeric(leaves[0]):
                return _wide(session.get(f"@loss.{kept}"), leaves[0].eps)
        return None
    return None


def _through_torch(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array], seed: float
) -> NDArray[np.float64] | None:
    """The gradient if torch calls the program's own ``backward``."""
    if form.container != "torch" or not calls.accepts_grad or not _FUNCTION.search(definition.program):
        return None
    reply = calls.call(session, definition, form, inputs, grad=True)
    tensors = [(i, leaf) for i, leaf in enumerate(reply.leaves) if leaf.type.startswith("torch.float")]
    if not reply.ok or not tensors or not session.backward("@out", tensors[0][0], seed).ok:
        return None
    found = session.get("@pred.grad")
    return _wide(found, tensors[0][1].eps) if found is not None and found.shape == np.shape(inputs["pred"]) else None


def _wide(array: Array | None, eps: float) -> NDArray[np.float64] | None:
    """The array in float64; None for half precision, which is too coarse for this check."""
    return None if array is None or eps > FLOAT32 else array.astype(np.float64)
