"""What the values of a function of two arrays do not tell: the library inside, inputs that are written to, growth."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np

from byhand.judge import clinic
from byhand.judge.model import Definition, Finding, Outcome
from byhand.judge.session import Session
from byhand.judge.tasks._function_calls import Array, Calls, Form

_SIGNED = re.compile(r"[!=]=\s*-\s*1\b|±\s*1|[-−]1\s*(?:/|或|和|and|or)\s*\+?1\b|[{(]\s*[-−]1\s*,\s*\+?1")
_NARROW = re.compile(r"int32|int16|IntTensor|\.int\(|\.short\(|intc\b")
READY: Mapping[str, frozenset[str]] = {
    "cross_entropy": frozenset({"cross_entropy", "nll_loss", "binary_cross_entropy", "log_loss", "BCELoss", "NLLLoss"})
    | {"binary_cross_entropy_with_logits", "CrossEntropyLoss", "BCEWithLogitsLoss", "soft_margin_loss"},
    "kl_divergence": frozenset({"kl_div", "rel_entr", "entropy", "KLDivLoss"}),
    "roc_auc": frozenset({"roc_auc_score", "roc_curve", "auc", "mannwhitneyu"}),
}
"""Functions of libraries that are the task itself."""


def beyond(
    task: str, session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """One more call, watched."""
    reply = calls.call(session, definition, form, inputs, measure=True)
    if not reply.ok:
        return
    for name, line in reply.used:
        if name.rpartition(".")[2] in READY[task]:
            yield Finding("", "note", line, note="library", detail={"name": name})
    yield from written(task, session, inputs)


def written(task: str, session: Session, inputs: Mapping[str, Array]) -> Iterator[Finding]:
    """Whether the call has changed what it was given."""
    for role in ("pred", "target"):
        before = np.asarray(inputs[role])
        after = session.get(role)
        if after is None or after.shape != before.shape or np.array_equal(after, before, equal_nan=True):
            continue
        page = next((page.id for page in clinic.pages(task) if page.name.endswith("changed-in-place")), "")
        yield Finding(page, "mistake") if page else Finding("", "note", note="changes its input")
        return


def stops(definition: Definition, failure: Outcome) -> Outcome:
    """A failure where the formula gives ∞: to refuse is as good as ∞, but to stumble over log(0) or 1 / 0 is not."""
    lines = definition.program.split("\n")
    text = lines[failure.line - 1] if failure.line and failure.line <= len(lines) else ""
    refuses = re.match(r"\s*(?:raise|assert)\b|if\b.*:\s*raise\b", text)
    return replace(failure, stumbles=not refuses)


def broadcast(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """Whether a number for each pair of rows is made, which a mean hides; ``inputs`` have many rows, normalised."""
    reply = calls.call(session, definition, form, inputs, measure=True)
    pred, target = np.asarray(inputs["pred"], np.float64), np.asarray(inputs["target"]).astype(np.int64)
    log_p = np.log(pred) if form.kind == "probabilities" else pred
    right = -log_p[np.arange(len(target)), target].mean()
    seen = [session.get("out", i) for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1][:1]
    if reply.peak >= len(target) ** 2 and any(value is not None and np.allclose(value, right) for value in seen):
        yield Finding("cross_entropy/n-by-n-broadcast", "mistake")


def signed_labels(
    session: Session, definition: Definition, calls: Calls, form: Form, inputs: Mapping[str, Array]
) -> Iterator[Finding]:
    """Whether labels −1 and 1 give what 0 and 1 give, if the program's text speaks of −1."""
    if form.target != "0/1" or not _SIGNED.search(definition.source):
        return
    answers = []
    for target in (inputs["target"], 2 * np.asarray(inputs["target"]).astype(np.int64) - 1):
        reply = calls.call(session, definition, form, {"pred": inputs["pred"], "target": target})
        if not reply.ok and reply.error in ("ValueError", "AssertionError"):
            return
        answers.append([session.get("out", i) for i in range(min(len(reply.leaves), 3))])
    right, signed = answers
    if len(right) == len(signed) and all(
        a is not None and b is not None and a.shape == b.shape and np.allclose(a, b, equal_nan=True)
        for a, b in zip(right, signed, strict=True)
    ):
        return
    yield Finding("roc_auc/labels-minus-one-taken-as-true", "mistake")


def overflow(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """Whether the product of two counts is too large for the integers that the program has chosen."""
    if not _NARROW.search(definition.program):
        return
    n = 10**5
    scores, labels = rng.permutation(n) / n, np.arange(n) % 2
    if form.target == "true/false":
        labels = labels.astype(bool)
    reply = calls.call(session, definition, form, {"pred": scores, "target": labels})
    value = next((session.get("out", i) for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1), None)
    ranks = np.argsort(np.argsort(scores)) + 1.0
    half = n / 2
    auc = (ranks[labels.astype(bool)].sum() - half * (half + 1) / 2) / half**2
    if reply.ok and value is not None and not abs(float(value.reshape(())) - auc) < 1e-4:
        shown = f"value = {float(value.reshape(())):.6g}"
        yield Finding(
            "roc_auc/int-overflow", "edge", None, "a large sample", shown, f"value = {auc:.6g}", f"{n} different scores"
        )


def growth(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """Whether time or memory grows with the square of the number of scores."""
    few, many, seconds = 150, 1200, [0.0]
    for n in (few, many):
        if seconds[-1] > 0.02:
            return  # eight times as many may take a minute
        inputs = {"pred": rng.uniform(size=n), "target": np.arange(n) % 2 == 0}
        if form.target == "0/1":
            inputs["target"] = inputs["target"].astype(np.int64)
        replies = [calls.call(session, definition, form, inputs) for _ in range(2)]
        seconds.append(min(reply.seconds for reply in replies))
        if not all(reply.ok for reply in replies):
            return
    slow = seconds[2] > 24 * seconds[1] and seconds[2] > 5e-3
    # To watch a slow program would take it many times as long.
    if slow or calls.call(session, definition, form, inputs, measure=True).peak >= many**2 / 8:
        yield Finding("roc_auc/all-pairs", "convention")
