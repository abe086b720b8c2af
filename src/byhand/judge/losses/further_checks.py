"""Further checks of a loss: backward pass, state between calls, writes to its inputs, and options."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.functions.further_checks import batches
from byhand.judge.functions.further_checks import further_checks as of_any_function
from byhand.judge.losses.ambiguous_options import check_ambiguous_options, unchecked
from byhand.judge.losses.backward import backward_pass
from byhand.judge.losses.graph import detached
from byhand.judge.losses.incoming import incoming
from byhand.judge.losses.options import row_options
from byhand.judge.losses.reductions import reductions
from byhand.judge.losses.repeated import repeated
from byhand.judge.losses.ways import Way, with_extra
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.losses.loss import LossTask


def further_checks(
    task: LossTask, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
) -> Iterator[Finding]:
    """Call it again, with the first two ordinary probes and with inputs for each option."""
    calls, form = convention.calls, convention.form
    assert calls is not None
    probes = task.ordinary(convention, rng)
    scale = 3 if convention.weights else 1  # so that dividing by the sum changes the input
    inputs = {role: scale * np.asarray(probes[0].inputs[role]) for role in ("pred", "target")}
    edges = () if form.extra else task.edges(convention, rng)
    for check in (backward_pass, incoming, detached, repeated):
        yield from check(session, definition, calls, form, inputs)
    yield from of_any_function(task.name, session, definition, calls, form, inputs, edges)
    if convention.digits is not None:
        return  # the rounding hides the effect of options
    if form.shape in ("batch", "vector"):
        way = with_extra(convention, probes[1])
        inputs = {role: np.asarray(probes[1].inputs[role]) for role in ("pred", "target")}
        rows = task.formula_rows(way, probes[1])
        yield from reductions(session, definition, calls, way.form, inputs, rows)
        yield from row_options(session, definition, calls, way.form, way.result, inputs, rows)
        yield from batches(session, definition, calls, form, inputs)
        check_ambiguous_options(task, session, definition, way, probes[1], rows)
    yield from task.option_findings(session, definition, convention, rng)
    yield from unchecked(definition, calls, form)
