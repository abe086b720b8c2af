"""Further checks of a function of two arrays: calls of a library, writes to its inputs, metrics fed in two batches."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from byhand.judge.diagnosis import clinic
from byhand.judge.functions.calls import Array, Calls, Form, transposed
from byhand.judge.model import Definition, Finding, Outcome, Probe
from byhand.judge.phrases import equals
from byhand.judge.session import Session

RESETS = ("reset", "reset_states", "reset_state", "clear")
READY: Mapping[str, frozenset[str]] = {
    "cross_entropy": frozenset({"cross_entropy", "nll_loss", "binary_cross_entropy", "log_loss", "BCELoss", "NLLLoss"})
    | {"binary_cross_entropy_with_logits", "CrossEntropyLoss", "BCEWithLogitsLoss", "soft_margin_loss"},
    "kl_divergence": frozenset({"kl_div", "rel_entr", "entropy", "KLDivLoss"}),
    "roc_auc": frozenset({"roc_auc_score", "roc_curve", "auc", "mannwhitneyu"}),
}
"""Library functions that compute the task itself."""
_WRITES = re.compile(
    r"\]\s*(?:[-+*/]|//|\*\*)?=(?!=)|\w_\(|\bout\s*=|\.(?:sort|reverse|append|pop|insert|put)\(|copyto"
)
"""In the text of a program that writes into some object."""


def further_checks(
    task: str,
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    inputs: Mapping[str, Array],
    edges: Iterable[Probe] = (),
) -> Iterator[Finding]:
    """A measured call; then, if the program writes into some object, calls at the edges."""
    reply = calls.call(session, definition, form, inputs, measure=True)
    if not reply.ok:
        return
    for name, line in reply.used:
        if name.rpartition(".")[2] in READY[task]:
            yield Finding("", "note", line, note="library", detail={"name": name})
    writes = [*changed_inputs(task, session, form, inputs)]
    yield from writes or changed_at_edges(task, session, definition, calls, form, edges)


def changed_inputs(task: str, session: Session, form: Form, inputs: Mapping[str, Array]) -> Iterator[Finding]:
    """A finding if the last call changed one of its inputs."""
    for role in ("pred", "target"):
        before = transposed(form, np.asarray(inputs[role]))
        after = session.get(f"@{role}")
        if after is None or after.shape != before.shape or np.array_equal(after, before, equal_nan=True):
            continue
        page = next((page.id for page in clinic.pages(task) if page.name.endswith("changed-in-place")), "")
        yield Finding(page, "mistake") if page else Finding("", "note", note="changes its input")
        return


def changed_at_edges(
    task: str, session: Session, definition: Definition, calls: Calls, form: Form, edges: Iterable[Probe]
) -> Iterator[Finding]:
    """A finding for the first edge at which a program changes one of its inputs."""
    if not _WRITES.search(definition.source):
        return
    for edge in edges:
        inputs = {role: np.asarray(edge.inputs[role]) for role in ("pred", "target")}
        if calls.call(session, definition, form, inputs).ok:
            for finding in changed_inputs(task, session, form, inputs):
                yield replace(finding, kind="edge", edge=edge.name) if finding.mistake else finding
                return


def stops(definition: Definition, failure: Outcome) -> Outcome:
    """A failure where the formula gives ∞: ``raise`` and ``assert`` count as ∞, an error in log(0) or 1 / 0 not."""
    lines = definition.program.split("\n")
    text = lines[failure.line - 1] if failure.line and failure.line <= len(lines) else ""
    refuses = re.match(r"\s*(?:raise|assert)\b|if\b.*:\s*raise\b", text)
    return replace(failure, stumbles=not refuses)


def batches(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """A finding if a metric gives another result for two batches than for one, or if ``reset`` does not reset it."""
    if not calls.signature.result_method:
        return
    half = len(inputs["pred"]) * 2 // 3
    first, second = ({role: x[part] for role, x in inputs.items()} for part in (slice(half), slice(half, None)))
    results: list[list[Array | None]] = []
    reset = next((name for name in RESETS if definition.method(name)), None)
    for parts in ([inputs], [second], [first, second]):
        calls.make_object(session, definition, inputs, {}, form)
        results.append([calls.result_after_batch(session, form, part) for part in parts])
    (whole,), (alone,), (_, both) = results
    if whole is not None and (both is None or not np.allclose(both, whole, equal_nan=True)):
        yield _edge("two batches", both, whole, half, inputs)
    elif reset and session.call("@gathered", f"@loss.{reset}").ok and alone is not None:
        again = calls.result_after_batch(session, form, second)
        if again is None or not np.allclose(again, alone, equal_nan=True):
            yield _edge("after reset", again, alone, half, inputs)


def _edge(edge: str, observed: Array | None, expected: Array, half: int, inputs: Mapping[str, Array]) -> Finding:
    yours, formula = (equals("value", "None" if x is None else float(x.reshape(-1)[0])) for x in (observed, expected))
    return Finding("", "edge", None, edge, yours, formula, f"n = {half} + {len(inputs['pred']) - half}")
