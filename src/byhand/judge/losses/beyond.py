"""What the values of a loss do not tell: its gradient's way, what it keeps and writes to, and what its options do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from byhand.judge.functions.beyond import batches
from byhand.judge.functions.beyond import beyond as of_any_function
from byhand.judge.losses.backward import backward_pass
from byhand.judge.losses.graph import cut
from byhand.judge.losses.incoming import incoming
from byhand.judge.losses.meanings import meanings, unchecked
from byhand.judge.losses.options import of_rows
from byhand.judge.losses.reductions import reductions
from byhand.judge.losses.repeated import repeated
from byhand.judge.losses.ways import Way, at
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session

if TYPE_CHECKING:
    from byhand.judge.losses.loss import LossTask


def beyond(
    task: LossTask, session: Session, definition: Definition, convention: Way, rng: np.random.Generator
) -> Iterator[Finding]:
    """Further calls with the first two of the ordinary inputs, and then with inputs of each option's own."""
    calls, form = convention.calls, convention.form
    assert calls is not None
    probes = task.ordinary(convention, rng)
    scale = 3 if convention.weights else 1  # else to divide by the sum would change nothing
    inputs = {role: scale * np.asarray(probes[0].inputs[role]) for role in ("pred", "target")}
    edges = () if form.extra else task.edges(convention, rng)
    for check in (backward_pass, incoming, cut, repeated):
        yield from check(session, definition, calls, form, inputs)
    yield from of_any_function(task.name, session, definition, calls, form, inputs, edges)
    if convention.digits is not None:
        return  # what options do is lost in the digits that are
    if form.shape in ("batch", "vector"):
        way = at(convention, probes[1])
        inputs = {role: np.asarray(probes[1].inputs[role]) for role in ("pred", "target")}
        rows = task.rows_of(way, probes[1])
        yield from reductions(session, definition, calls, way.form, inputs, rows)
        yield from of_rows(session, definition, calls, way.form, way.result, inputs, rows)
        yield from batches(session, definition, calls, form, inputs)
        meanings(task, session, definition, way, probes[1], rows)
    yield from task.of_options(session, definition, convention, rng)
    yield from unchecked(definition, calls, form)
