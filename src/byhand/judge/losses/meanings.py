"""Options whose names have several meanings: an eps, an alpha, weights. Which it is, if any, two values tell.

What fits none of them is no mistake, for its meaning is not known; that it was not checked is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.losses.options import Rows, Wanted, close, given, sample_weights, values, weighted
from byhand.judge.losses.ways import Way
from byhand.judge.model import Definition, Finding, Probe
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.losses.loss import LossTask

_EPS = re.compile(r"eps(?:ilon)?|delta|tiny|clip|clamp|min_prob|smooth", re.IGNORECASE)
_SHARE = re.compile(r"alpha|weight|weights|w|scale|coef|lam|lambda_|loss_weight|kl_weight|factor", re.IGNORECASE)
_LAYOUT = re.compile(
    r"axis|dims?|keep_?dims?|(?:n(?:um)?_)?(?:class(?:es)?|samples|examples|rows)|class_num|C|K|[nmN]|batch_size"
    r"|name|device|dtype|verbose|debug|training|inplace|return_\w+"
)
"""What is no option of the formula."""
_SMALL, _SHARES = (0.03, 0.11), (0.3, 0.85)


def meanings(task: LossTask, session: Session, definition: Definition, way: Way, probe: Probe, rows: Array) -> None:
    """Count an option among those that are checked, if it does the same known thing at both of two values."""
    calls = way.calls
    assert calls is not None
    inputs = {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}
    nats, weights = rows.astype(np.float64), sample_weights(len(rows))
    for name in (name for name in given(definition, calls) if name not in calls.varied):
        tries: list[tuple[Sequence[object], list[Sequence[Rows | Wanted]]]] = []
        if _EPS.fullmatch(name):
            tries.append((_SMALL, list(_added(task, way, probe))))
        if _SHARE.fullmatch(name):
            tries.append((weights, [weighted(nats, weights)]))
            tries.append((_SHARES, [[Wanted(a * nats, len(nats)) for a in _SHARES]]))
            tries.append((_SHARES, [[Wanted((1 - a) * nats, len(nats)) for a in _SHARES]]))
        for tried, known in tries:
            observed = values(session, definition, calls, way.form, way.result, name, tried, inputs, len(rows))
            if observed is not None and any(_fit(observed, expected, way.result) for expected in known):
                calls.varied.add(name)


def unchecked(definition: Definition, calls: Calls, form: Form) -> Iterator[Finding]:
    """A note that names the options of which one value alone was tried."""
    extra = {name for name, _ in form.extra}
    left = [
        name for name in given(definition, calls) if name not in calls.varied | extra and not _LAYOUT.fullmatch(name)
    ]
    if left:
        yield Finding("", "note", note="options not checked", detail={"names": ", ".join(dict.fromkeys(left))})


def _added(task: LossTask, way: Way, probe: Probe) -> Iterator[Sequence[Rows | Wanted]]:
    """What the pages of a constant, alone and with those of a convention, make of the loss at two constants."""
    pages = clinic.pages(task.name)
    conventions = [(change,) for page in pages if page.kind == "convention" for change in page.changes()]
    pairs = [pair for page in pages for pair in zip(*(page.changes((c,)) for c in _SMALL), strict=True)]
    for more, pair in product(((), *conventions), pairs):
        if tuple(change.constant for change in pair) == _SMALL:
            found = [_predicted(task, way, probe, (*more, change)) for change in pair]
            if not close(*found):  # else the constant does nothing to this kind
                yield found


def _predicted(task: LossTask, way: Way, probe: Probe, changes: tuple[clinic.Change, ...]) -> Rows:
    """The loss by a changed formula; nothing where two changes are of one line, or it raises."""
    try:
        value = task.predict(clinic.program(task.name, changes), way, probe).values["value"]
    except (ValueError, RuntimeError):
        return np.empty(0)
    return np.asarray(value, np.float64).reshape(-1)


def _fit(observed: Sequence[Rows], expected: Sequence[Rows | Wanted], result: str) -> bool:
    return all(
        right.fits(value, result) if isinstance(right, Wanted) else right.shape == value.shape and close(value, right)
        for value, right in zip(observed, expected, strict=True)
    )
