"""Options of a learner's cross-entropy, tried where it has them: ignore_index, class weights, label smoothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from byhand.judge import clinic
from byhand.judge.model import Definition, Finding
from byhand.judge.session import Session
from byhand.judge.tasks._function_calls import Array, Calls, Form
from byhand.judge.tasks._function_names import SMOOTHING, smoothing

ROWS, COLUMNS = 5, 4
IGNORED, SHARE = 3, 0.25
_NAMES = {
    "ignore": ("ignore_index", "ignore_label", "ignored_index", "padding_idx", "pad_idx", "ignore_idx"),
    "weight": ("weight", "weights", "class_weights", "class_weight"),
    "smooth": SMOOTHING,
}
_PAGES = {
    "ignore": "cross_entropy/ignore-index-in-the-denominator",
    "weight": "cross_entropy/class-weights-not-in-the-denominator",
    "smooth": "cross_entropy/label-smoothing-over-the-others",
}


def options(
    session: Session, definition: Definition, calls: Calls, form: Form, rng: np.random.Generator
) -> Iterator[Finding]:
    """What options do to a mean over rows of logits, or of probabilities, with classes as target."""
    x = rng.uniform(-2, 2, (ROWS, COLUMNS))
    target = np.array([0, IGNORED, 1, 2, 1])
    losses = np.log(np.exp(x).sum(-1, keepdims=True)) - x
    pred = np.exp(-losses) if form.kind == "probabilities" else -losses if form.kind.startswith("log") else x
    weight = np.array([0.5, 1.0, 2.0, 3.0])
    for option, names in _NAMES.items():
        names = (*names, *smoothing(definition)) if option == "smooth" and definition.is_class else names
        name = next((name for name in names if name in calls.signature.optional), None)
        if name is None:
            continue
        value: object = {"ignore": IGNORED, "smooth": SHARE}.get(option)
        if option == "weight":
            value = session.put("@weight", weight, form.container)
        reply = calls.call(session, definition, form, {"pred": pred, "target": target}, more={name: value})
        seen = next((session.get("@out", i) for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == 1), None)
        right, other = _means(option, losses, target, weight)
        if reply.ok and seen is not None and not _close(seen, right) and _close(seen, other):
            page = clinic.page(_PAGES[option])
            words = f"{name} = {_shown(option, weight)}, {ROWS} rows, classes {target.tolist()}"
            kind = "convention" if page.kind == "convention" else "mistake"
            yours, formula = f"value = {float(seen.reshape(())):.6g}", f"value = {right:.6g}"
            yield Finding(page.id, kind, None, "", yours, formula, words)  # type: ignore[arg-type]
        elif reply.ok and seen is not None and option == "smooth" and not _close(seen, right):
            words = f"{name} = {SHARE}, classes {target.tolist()}"
            yours, formula = f"value = {float(seen.reshape(())):.6g}", f"value = {right:.6g}"
            yield Finding("", "edge", None, "label smoothing", yours, formula, words)


def _means(option: str, losses: Array, target: Array, weight: Array) -> tuple[float, float]:
    """The mean as torch has it, and as the page has it; ``losses`` hold −log p of every class."""
    all_losses = losses.astype(np.float64)
    picked = all_losses[np.arange(ROWS), target.astype(np.int64)]
    if option == "smooth":
        rest = all_losses.sum(-1)
        even = (1 - SHARE) * picked + SHARE * rest / COLUMNS
        others = (1 - SHARE) * picked + SHARE * (rest - picked) / (COLUMNS - 1)
        return float(even.mean()), float(others.mean())
    share = (target != IGNORED).astype(np.float64) if option == "ignore" else weight[target].astype(np.float64)
    return float((share * picked).sum() / share.sum()), float((share * picked).mean())


def _close(seen: Array, wanted: float) -> bool:
    return abs(float(seen.reshape(())) - wanted) < 1e-5 * max(1.0, abs(wanted))


def _shown(option: str, weight: Array) -> object:
    values: Mapping[str, object] = {"ignore": IGNORED, "smooth": SHARE, "weight": weight.tolist()}
    return values[option]
