"""The parameter that reduces the rows, such as reduction="sum" or size_average=False."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.model import Definition, Finding, Outcome, defaults
from byhand.judge.phrases import Text, equals, of_shape
from byhand.judge.session import Reply, Session

_NAMES = ("reduction", "reduce", "size_average", "average", "agg", "averaged")
_WORDS = ("mean", "sum", "none")
EDGE, IGNORED = "reduction", "cross_entropy/reduction-ignored"


def reductions(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array], rows: Array
) -> Iterator[Finding]:
    """A finding if a value of the parameter has another effect; ``rows`` are the formula's losses for ``inputs``."""
    name, values = _parameter(definition, calls)
    if not name:
        return
    columns = 1 if rows.shape == inputs["pred"].shape else inputs["pred"].shape[-1]
    observed: dict[object, Array | Outcome | None] = {}
    for value in values:
        reply = calls.call(session, definition, form, inputs, more={name: value})
        observed[value] = _number(session, reply) if reply.ok else reply.outcome
    right = {value: _is_right(observed[value], value, rows, columns) for value in values}
    if not any(right.values()):
        return
    calls.checked_options.add(name)
    arrays = [array for array in observed.values() if isinstance(array, np.ndarray)]
    ignored = len(arrays) == len(values) and all(_equal(array, arrays[0]) for array in arrays)
    for value in (value for value in values if not right[value]):
        if not ignored and not _mentions(definition, value):
            continue
        found, expected = observed[value], _reduced(value, rows)
        if isinstance(found, np.ndarray):
            yours = _shown(found)
        else:
            yours = found.sentence if found is not None else equals("value", "None")
        mistake, kind, edge = (IGNORED, "mistake", "") if ignored else ("", "edge", EDGE)
        words = f"{name} = {value!r}, n = {len(rows)}"
        yield Finding(mistake, kind, None, edge, yours, _shown(expected), words)  # type: ignore[arg-type]
        return


def _parameter(definition: Definition, calls: Calls) -> tuple[str, Sequence[object]]:
    """The parameter that reduces the rows, and the values to try; "" if there is none."""
    names = (*calls.signature.optional, *(name for name, _ in calls.signature.fill))
    name = next((name for name in _NAMES if name in names), "")
    truth = isinstance(_default(definition, name), bool) or name == "size_average"
    return name, (True, False) if truth else _WORDS


def _mentions(definition: Definition, value: object) -> bool:
    """Whether the program mentions a value; another value is refused or ends up in an ``else``."""
    nodes = ast.walk(definition.node)
    return isinstance(value, bool) or any(isinstance(node, ast.Constant) and node.value == value for node in nodes)


def _default(definition: Definition, name: str) -> object:
    for node in ast.walk(definition.node):
        if isinstance(node, ast.FunctionDef):
            for arg, default in defaults(node):
                if arg.arg == name and isinstance(default, ast.Constant):
                    return default.value
    return None


def _number(session: Session, reply: Reply) -> Array | None:
    found = (session.get("@out", i) for i in range(len(reply.leaves)))
    return next((array for array in found if array is not None and array.dtype.kind != "b"), None)


def _reduced(value: object, rows: Array) -> Array:
    return rows if value == "none" else np.asarray(rows.mean() if value in ("mean", True) else rows.sum())


def _is_right(observed: Array | Outcome | None, value: object, rows: Array, columns: int) -> bool:
    """Whether the result fits the value; a mean over all elements, as in torch's KL, and unsummed rows fit too."""
    if not isinstance(observed, np.ndarray):
        return False
    if value == "mean" and _equal(observed * columns, rows.mean()):
        return True
    if value in ("none", False) and observed.size == rows.size * columns and columns > 1:
        return _equal(observed.reshape(*rows.shape, columns).sum(-1), rows)
    if value is False and _equal(observed, rows):
        return True
    return _equal(observed, _reduced(value, rows))


def _equal(observed: Array, expected: Array) -> bool:
    a, b = np.asarray(observed, np.float64), np.asarray(expected, np.float64)
    return a.size == b.size and bool(np.allclose(a.ravel(), b.ravel(), rtol=1e-4, atol=1e-6))


def _shown(array: Array) -> Text:
    x = np.asarray(array, np.float64)
    return equals("value", x.item()) if x.size == 1 else of_shape("value", x.shape)
