"""Options whose names have several meanings, such as eps, alpha or weights; each is tried at two values.

If the results fit one known meaning, the option counts as checked. If not, it is not called a mistake, since its
meaning is unknown; a note says that it was not checked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.losses.options import Expected, Rows, close, observed_values, option_names, sample_weights, weighted
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
"""Names of parameters that are not options of the formula."""
_SMALL, _SHARES = (0.03, 0.11), (0.3, 0.85)


def check_ambiguous_options(
    task: LossTask, session: Session, definition: Definition, way: Way, probe: Probe, rows: Array
) -> None:
    """Mark an option as checked if at both of two values its result fits the same known meaning."""
    calls = way.calls
    assert calls is not None
    inputs = {role: np.asarray(probe.inputs[role]) for role in ("pred", "target")}
    nats, weights = rows.astype(np.float64), sample_weights(len(rows))
    for name in (name for name in option_names(definition, calls) if name not in calls.checked_options):
        tries: list[tuple[Sequence[object], list[Sequence[Rows | Expected]]]] = []
        if _EPS.fullmatch(name):
            tries.append((_SMALL, list(_added(task, way, probe))))
        if _SHARE.fullmatch(name):
            tries.append((weights, [weighted(nats, weights)]))
            tries.append((_SHARES, [[Expected(a * nats, len(nats)) for a in _SHARES]]))
            tries.append((_SHARES, [[Expected((1 - a) * nats, len(nats)) for a in _SHARES]]))
        for tried, known in tries:
            observed = observed_values(session, definition, calls, way.form, way.result, name, tried, inputs, len(rows))
            if observed is not None and any(_fit(observed, expected, way.result) for expected in known):
                calls.checked_options.add(name)


def unchecked(definition: Definition, calls: Calls, form: Form) -> Iterator[Finding]:
    """A note with the options that were tried at one value only."""
    extra = {name for name, _ in form.extra}
    done = calls.checked_options | extra
    left = [name for name in option_names(definition, calls) if name not in done and not _LAYOUT.fullmatch(name)]
    if left:
        yield Finding("", "note", note="options not checked", detail={"names": ", ".join(dict.fromkeys(left))})


def _added(task: LossTask, way: Way, probe: Probe) -> Iterator[Sequence[Rows | Expected]]:
    """Predicted losses at two constants, by each page with a constant, alone or with a page of a convention."""
    pages = clinic.pages(task.name)
    conventions = [(change,) for page in pages if page.kind == "convention" for change in page.changes()]
    pairs = [pair for page in pages for pair in zip(*(page.changes((c,)) for c in _SMALL), strict=True)]
    for more, pair in product(((), *conventions), pairs):
        if tuple(change.constant for change in pair) == _SMALL:
            found = [_predicted(task, way, probe, (*more, change)) for change in pair]
            if not close(*found):  # otherwise the constant has no effect on this kind of input
                yield found


def _predicted(task: LossTask, way: Way, probe: Probe, changes: tuple[clinic.Change, ...]) -> Rows:
    """The loss by a changed formula; empty if two changes are of the same line, or if it raises."""
    try:
        value = task.predict(clinic.program(task.name, changes), way, probe).values["value"]
    except (ValueError, RuntimeError):
        return np.empty(0)
    return np.asarray(value, np.float64).reshape(-1)


def _fit(observed: Sequence[Rows], expected: Sequence[Rows | Expected], result: str) -> bool:
    return all(
        right.fits(value, result) if isinstance(right, Expected) else right.shape == value.shape and close(value, right)
        for value, right in zip(observed, expected, strict=True)
    )
