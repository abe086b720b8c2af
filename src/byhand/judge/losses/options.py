"""Options of a learner's loss, if it has them: ignored and weighted classes, label smoothing, base of the logarithm.

Each is tried at two values that are not special: at 0, 1 and 2 different definitions may agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from byhand.judge.diagnosis import clinic
from byhand.judge.functions.calls import Array, Calls, Form
from byhand.judge.functions.draws import listed, one_hot
from byhand.judge.functions.names import SMOOTHING, TEMPERATURE
from byhand.judge.functions.signatures import constructor, smoothing
from byhand.judge.model import Definition, Finding
from byhand.judge.phrases import equals
from byhand.judge.session import Reply, Session

Rows = NDArray[np.float64]
ROWS, COLUMNS = 5, 4
TARGET = np.array([0, 3, 1, 2, 1])
_NAMES = {
    "ignore": ("ignore_index", "ignore_label", "ignored_index", "padding_idx", "pad_idx", "ignore_idx"),
    "weight": ("weight", "weights", "class_weights", "class_weight"),
    "smooth": SMOOTHING,
    "positive": ("pos_weight", "positive_weight"),
    "base": ("base", "log_base"),
    "sample": ("sample_weight", "sample_weights"),
    "temperature": TEMPERATURE,
}
_PAGES = {
    "ignore": "cross_entropy/ignore-index-in-the-denominator",
    "weight": "cross_entropy/class-weights-not-in-the-denominator",
    "smooth": "cross_entropy/label-smoothing-over-the-others",
}
_EDGES = {
    "ignore": "ignored classes",
    "weight": "class weights",
    "smooth": "label smoothing",
    "positive": "a weight of class 1",
    "base": "another base",
    "sample": "sample weights",
    "temperature": "a temperature",
}
_VALUES: Mapping[str, Sequence[object]] = {
    "ignore": (3, 1),
    "weight": (np.array([0.5, 1.25, 2.0, 3.0]), np.array([1.7, 0.3, 0.9, 2.2])),
    "smooth": (0.1, 0.37),
    "positive": (1.7, 3.3),
    "base": (1.7, 3.3),
    "sample": (np.array([0.5, 1.25, 2.0, 3.0, 0.8, 1.6]), np.array([1.7, 0.3, 0.9, 2.2, 1.1, 0.6])),
    "temperature": (1.7, 3.3),
}


@dataclass(frozen=True)
class Expected:
    """The rows that a value of an option should give, and the number by which a mean divides their sum."""

    rows: Rows
    divisor: float
    mistaken: Rows | None = None
    """The rows with the mistake, or under the convention, of the option's page."""
    other_divisor: float = 0.0
    """Another divisor that is right too; 0 if there is none."""

    def fits(self, observed: Rows, result: str) -> bool:
        """Whether the observed result fits."""
        divisors = filter(None, (self.divisor, self.other_divisor))
        return any(close(observed, reduced(self.rows, divisor, result)) for divisor in divisors)


def options(
    session: Session, definition: Definition, calls: Calls, form: Form, result: str, rng: np.random.Generator
) -> Iterator[Finding]:
    """Findings about options, for rows of logits, probabilities or log-probabilities and classes or one-hot targets."""
    x = rng.uniform(-2, 2, (ROWS, COLUMNS))
    losses = _losses(x)
    pred = np.exp(-losses) if form.kind == "probabilities" else -losses if form.kind.startswith("log") else x
    classes = form.target == "indices"
    inputs = {"pred": pred, "target": TARGET if classes else one_hot(TARGET, COLUMNS)}
    for option in ("ignore", "weight", "smooth") if classes else ("weight", "smooth"):
        expected = [_of_classes(option, value, losses, classes) for value in _VALUES[option]]
        yield from _option_findings(session, definition, calls, form, result, option, inputs, expected)
    smooth = [_of_classes("smooth", value, losses, classes) for value in _VALUES["smooth"]]
    for name in ("alpha", "eps", "epsilon"):  # these may be the smoothing or something else
        if name in option_names(definition, calls) and name not in calls.checked_options:
            observed = observed_values(session, definition, calls, form, result, name, _VALUES["smooth"], inputs, ROWS)
            if observed and all(right.fits(value, result) for value, right in zip(observed, smooth, strict=True)):
                calls.checked_options.add(name)
    if form.kind == "logits":
        expected = [Expected(_losses(x / T)[np.arange(ROWS), TARGET], ROWS) for T in (1.7, 3.3)]
        yield from _option_findings(session, definition, calls, form, result, "temperature", inputs, expected)


def binary_options(
    session: Session, definition: Definition, calls: Calls, form: Form, result: str, rng: np.random.Generator
) -> Iterator[Finding]:
    """Findings about options of a loss of two classes."""
    p, t = rng.uniform(0.1, 0.9, ROWS), np.array([1.0, 0.0, 0.0, 1.0, 0.0])
    inputs = {"pred": np.log(p / (1 - p)) if form.kind == "binary logits" else p, "target": t}
    for option in ("smooth", "positive"):
        expected = []
        for value in _VALUES[option]:
            assert isinstance(value, float)
            soft, weight = (t * (1 - value) + value / 2, 1.0) if option == "smooth" else (t, value)
            expected.append(Expected(-weight * soft * np.log(p) - (1 - soft) * np.log(1 - p), ROWS))
        yield from _option_findings(session, definition, calls, form, result, option, inputs, expected)


def row_options(
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    result: str,
    inputs: Mapping[str, Array],
    rows: Array,
) -> Iterator[Finding]:
    """Findings about the base and sample weights; ``rows`` are the formula's losses for ``inputs``, in nats."""
    nats, n = rows.astype(np.float64), len(rows)
    expected = [Expected(nats / np.log(value), n) for value in (1.7, 3.3)]
    yield from _option_findings(session, definition, calls, form, result, "base", inputs, expected)
    plain = _number(session, calls.call(session, definition, form, inputs), n if result == "rows" else 1)
    if plain is not None:  # the weights apply to its own losses, which may be in bits
        own, weights = nats * (plain / reduced(nats, n, result)), sample_weights(n)
        yield from _option_findings(
            session, definition, calls, form, result, "sample", inputs, weighted(own, weights), weights
        )


def sample_weights(n: int) -> list[Rows]:
    """Two weight vectors for ``n`` samples."""
    return [np.asarray(value)[:n] for value in _VALUES["sample"]]


def weighted(rows: Rows, weights: Sequence[Rows]) -> list[Expected]:
    """The weighted losses; their mean divides by the number of samples, as in torch, or by the sum of the weights."""
    return [Expected(w * rows, len(rows), other_divisor=float(w.sum())) for w in weights]


def _option_findings(
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    result: str,
    option: str,
    inputs: Mapping[str, Array],
    expected: Sequence[Expected],
    tried: Sequence[object] = (),
) -> Iterator[Finding]:
    """A finding if a value of the option gives a wrong result; none if the program refuses a value."""
    names = (*_NAMES[option], *(smoothing(definition) if option == "smooth" else ()))
    name = next((name for name in names if name in option_names(definition, calls)), None)
    if name is None or name in calls.checked_options:
        return
    if re.search(rf"\b{name}\s*(?:==|in\b)|==\s*(?:self\.)?{name}\b", definition.source) and option == "base":
        return  # it only accepts certain bases
    tried = tried or _VALUES[option]
    observed = observed_values(session, definition, calls, form, result, name, tried, inputs, len(expected[0].rows))
    if observed is None:
        return
    calls.checked_options.add(name)
    wrong = []
    for value, number, right in zip(tried, observed, expected, strict=True):
        formula = reduced(right.rows, right.divisor, result)
        if not right.fits(number, result):
            by_page = right.mistaken is not None and close(number, reduced(right.mistaken, ROWS, result))
            wrong.append((value, number, formula, by_page))
    if not wrong:
        return
    value, number, formula, _ = wrong[0]
    words = f"{name} = {listed(value)}, n = {len(inputs['pred'])}"
    if option != "base" and "classes" not in words and inputs["target"].dtype.kind == "i":
        words = f"{name} = {listed(value)}, {ROWS} rows, classes {TARGET.tolist()}"
    place = np.argmax(np.abs(number - formula))
    yours, shown = (equals("value", np.ravel(x)[place]) for x in (number, formula))
    if len(wrong) == len(expected) and all(by_page for *_, by_page in wrong):
        page = clinic.page(_PAGES[option])
        kind = "convention" if page.kind == "convention" else "mistake"
        yield Finding(page.id, kind, None, "", yours, shown, words)  # type: ignore[arg-type]
    else:
        yield Finding("", "edge", None, _EDGES[option], yours, shown, words)


def option_names(definition: Definition, calls: Calls) -> list[str]:
    """Names of all its parameters besides the two inputs."""
    filled = (name for name, value in calls.signature.fill if value not in (None, "I", "0"))
    return [*calls.signature.optional, *filled, *constructor(definition)]


def observed_values(
    session: Session,
    definition: Definition,
    calls: Calls,
    form: Form,
    result: str,
    name: str,
    tried: Sequence[object],
    inputs: Mapping[str, Array],
    rows: int,
) -> list[Rows] | None:
    """The result at each value of an option; None if it refuses one, or returns another number of values."""
    if result not in ("mean", "sum", "rows"):
        return None
    observed = []
    for value in tried:
        handed = session.put("@weight", value, form.container) if isinstance(value, np.ndarray) else value
        reply = calls.call(session, definition, form, inputs, more={name: handed})
        number = _number(session, reply, rows if result == "rows" else 1)
        if number is None:
            return None
        observed.append(number)
    return observed


def _of_classes(option: str, value: object, losses: Rows, classes: bool) -> Expected:
    """The expected rows as in torch, with those of the option's page; ``losses`` has −log p of every class."""
    picked = losses[np.arange(ROWS), TARGET]
    if option == "smooth":
        assert isinstance(value, float)
        rest = losses.sum(-1)
        others = (1 - value) * picked + value * (rest - picked) / (COLUMNS - 1)
        return Expected((1 - value) * picked + value * rest / COLUMNS, ROWS, others)
    weights = np.asarray(value)[TARGET] if option == "weight" else (value != TARGET).astype(np.float64)
    # For soft targets torch divides the sum by the number of rows, also with weights.
    return Expected(weights * picked, float(weights.sum()) if classes else ROWS, weights * picked)


def _losses(x: Rows) -> Rows:
    """−log p of every class."""
    return np.asarray(np.log(np.exp(x).sum(-1, keepdims=True)) - x)


def reduced(rows: Rows, divisor: float, result: str) -> Rows:
    """The result for these rows; a mean divides their sum by ``divisor``."""
    return rows if result == "rows" else np.atleast_1d(rows.sum() / (divisor if result == "mean" else 1))


def _number(session: Session, reply: Reply, size: int) -> Rows | None:
    """The first array of the result with this number of elements, flattened."""
    if not reply.ok:
        return None
    place = next((i for i, leaf in enumerate(reply.leaves) if np.prod(leaf.shape) == size), None)
    array = session.get("@out", place) if place is not None else None
    return None if array is None or array.dtype.kind == "b" else array.astype(np.float64).reshape(-1)


def close(observed: Rows, expected: Rows) -> bool:
    """Whether they are equal in single precision."""
    return bool(np.all(np.abs(observed - expected) < 1e-5 * np.maximum(1.0, np.abs(expected))))
