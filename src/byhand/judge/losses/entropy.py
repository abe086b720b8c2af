"""Probes for cross-entropies, for each calling convention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Form
from byhand.judge.functions.draws import FINITE, RARE, classes, make_rare, multiples, one_hot, probabilities, reshaped
from byhand.judge.model import Probe

Rows = NDArray[np.float64]
TINY = 3e-15
"""A probability much smaller than the constants that programs add under a logarithm, but not 0 in single precision."""
ORDINARY = ("a row", "a longer row", "two rows", "five rows", "as many rows as classes")


def ordinary(form: Form, rng: np.random.Generator) -> list[Probe]:
    """Rows: first small and round numbers, then others, and one with as many rows as classes."""
    if form.shape == "row":
        return [_drawn(form, rng, 1, 3, "a row", True), _drawn(form, rng, 1, 5, "a longer row", False)]
    more = 6 if form.shape == "sequences" else 5
    probes = [_drawn(form, rng, 2, 3, "two rows", True), _drawn(form, rng, more, 4, "five rows", False)]
    return [*probes, _drawn(form, rng, 3, 3, "as many rows as classes", False)]


def edges(form: Form, rng: np.random.Generator) -> list[Probe]:
    """Rows for which exp overflows or a probability is 0; a batch of one."""
    n = 1 if form.shape == "row" else 3
    y = classes(rng, n, 4)
    probes = _edges(form, y, lambda: rng.uniform(-2, 2, (n, 4)), lambda: probabilities(rng, n, 4))
    if n == 1:  # needs a further row that is finite
        probes = [probe for probe in probes if probe.name != "large negative logits"]
    if form.shape == "batch":
        probes.append(_drawn(form, rng, 1, 3, "a batch of one", False))
    return probes


def small_edges(form: Form) -> list[Probe]:
    """The same edges as one row of three round numbers."""
    logits, p = np.array([[0.0, 1.0, 2.0]]), np.array([[0.25, 0.25, 0.5]])
    return _edges(form, np.array([1]), logits.copy, p.copy)


def _edges(form: Form, y: NDArray[np.int64], logits: Callable[[], Rows], p: Callable[[], Rows]) -> list[Probe]:
    """The edges made from rows of ``logits`` or probabilities ``p``, each drawn anew, with classes y."""
    found: dict[str, Rows] = {}
    if form.kind == "logits":
        x = logits()
        far, level, low = x.copy(), x.copy(), x.copy()
        far[0, (y[0] + 1) % x.shape[1]] = 1000.0
        level[0] += 1e4
        low[-1] -= 1e4
        found = {"large logits": far, "shifted logits": level, "equal logits": np.zeros_like(x)}
        return [_probe(form, name, array, y) for name, array in (found | {"large negative logits": low}).items()]
    if form.kind == "probabilities":
        zero, never = p(), p()
        columns = np.arange(zero.shape[1])
        zero[0] = columns == y[0]
        never[0] = columns == (y[0] + 1) % len(columns)
        tiny = np.where(columns == y[:, None], 0.0, p())
        tiny = np.where(columns == y[:, None], TINY, tiny / tiny.sum(-1, keepdims=True))
        found = {"zero probability": zero, "impossible class": never, "tiny probability": tiny}
    if form.target == "itself":
        return [_probe(form, name, found[name], y, smooth=False) for name in ("zero probability", "tiny probability")]
    probes = [_probe(form, name, array, y, smooth=False) for name, array in found.items()]
    if probes:
        probes[0] = replace(probes[0], inputs={**probes[0].inputs, "gradient": FINITE})
    return probes


def _drawn(form: Form, rng: np.random.Generator, rows: int, columns: int, name: str, small: bool) -> Probe:
    """Rows of the form's kind; targets are soft if the form allows it and the rows are not ``small``."""
    y = classes(rng, rows, columns)
    if form.kind == "logits":
        x = rng.permuted(np.tile(np.arange(columns) * 1.5 - 1, (rows, 1)), axis=-1)
        if not small:
            x = rng.uniform(-4, 4, (rows, columns))
            x[0, y[0]] = x[0].max() - rng.uniform(5, 6)
    else:
        x = multiples(rng, rows, columns) if small else probabilities(rng, rows, columns)
        if not small:
            make_rare(rng, x, y[0])
        x = np.log(x) if form.kind == "log-probabilities" else x
    soft = probabilities(rng, rows, columns)
    if small and form.target == "soft":
        return _probe(form, name, x, y, multiples(rng, rows, columns))
    return _probe(form, name, x, y, None if small or form.target in ("indices", "one-hot only") else soft)


def _probe(
    form: Form, name: str, x: Rows, y: NDArray[np.int64], soft: Rows | None = None, smooth: bool = True
) -> Probe:
    target = y if form.target == "indices" else one_hot(y, x.shape[-1]) if soft is None else soft
    target = x if form.target == "itself" else target
    if form.shape == "row":
        x, target = x[0], target[0]
    elif form.shape == "sequences":
        apart = (2, 3) if len(x) == 6 else (1, len(x))
        x, target = x.reshape(*apart, -1), target.reshape(*apart, *target.shape[1:])
    label = {"logits": "logits", "probabilities": "p", "log-probabilities": "log p"}[form.kind]
    words = (label, {"indices": "classes", "itself": ""}.get(form.target, "target"))
    inputs = {"pred": x, "target": target, "words": words, "gradient": smooth and name not in ("a row", "two rows")}
    return Probe(name, name not in ORDINARY, inputs)


def binary_ordinary(form: Form, rng: np.random.Generator) -> list[Probe]:
    """Inputs for two classes: small and round ones first, with both classes."""
    if form.shape == "scalar":
        cases = [("one", 1.0), ("zero", 0.0), ("a rare one", 1.0), ("a rare zero", 0.0)]
        return [_numbers(form, rng, name, [t], name == "one") for name, t in cases]
    few, more = rng.permutation([1.0, 0.0, 0.0, 1.0]), rng.permutation([1.0, 0.0, 0.0, 1.0, 0.0, 0.0])
    return [_numbers(form, rng, "a few", few, True), _numbers(form, rng, "more, two rare", more, False)]


def binary_edges(form: Form) -> list[Probe]:
    """Logits for which exp overflows; probabilities that are 0 or 1."""
    if form.kind == "binary logits":
        if form.shape == "scalar":
            far = [
                ("large logits", 50.0, 0.0),
                ("very large logits", 1000.0, 0.0),
                ("large negative logits", -1000.0, 1.0),
            ]
            return [_given(form, name, [x], [t]) for name, x, t in far]
        ones, t = np.array([1.0, -1.0, 1.0, -1.0]), [1.0, 0.0, 0.0, 1.0]
        return [_given(form, "large logits", 50 * ones, t), _given(form, "very large logits", 1000 * ones, t)]
    if form.shape == "scalar":
        ends = (("zero probability", 0.0, 0.0), ("probability one", 1.0, 1.0), ("impossible class", 0.0, 1.0))
        return [_given(form, name, [x], [t]) for name, x, t in (*ends, ("tiny probability", TINY, 1.0))]
    numbers = [0.0, 1.0, 0.5, 0.25]
    return [
        _given(form, "zero probability", numbers, [0.0, 1.0, 1.0, 0.0]),
        _given(form, "impossible class", numbers, [1.0, 0.0, 1.0, 0.0]),
        _given(form, "tiny probability", [TINY, 0.5, 0.25, 0.75], [1.0, 0.0, 1.0, 1.0]),
    ]


def _numbers(form: Form, rng: np.random.Generator, name: str, target: object, small: bool) -> Probe:
    t = np.asarray(target)
    n = t.size
    if form.kind == "binary logits":
        halves = np.array([-5, -4, -3, -2, -1, 1, 2, 3, 4, 5]) / 2
        x = rng.choice(halves, n, replace=False) if small else rng.uniform(-4, 4, n)
        rare = -rng.uniform(4.7, 4.95, 2)
    else:
        tenths = np.array([1, 2, 3, 4, 6, 7, 8, 9]) / 10
        x = rng.choice(tenths, n, replace=False) if small else rng.uniform(0.05, 0.95, n)
        rare = rng.uniform(*RARE, 2)
    if "rare" in name:
        for i, p in zip((np.argmax(t), np.argmin(t)), rare, strict=True):
            x[i] = p if t[i] else -p if form.kind == "binary logits" else 1 - p
    return _given(form, name, x, t, edge=False)


def _given(form: Form, name: str, x: object, t: object, edge: bool = True) -> Probe:
    words = ("x" if form.kind == "binary logits" else "p", "" if form.target == "itself" else "target")
    t = x if form.target == "itself" else t
    t = 2 * np.asarray(t) - 1 if form.target == "±1" else t
    smooth = name in ("more, two rare", "one") or (form.kind == "binary logits" and edge)
    inputs = {"pred": reshaped(x, form.shape), "target": reshaped(t, form.shape), "words": words, "gradient": smooth}
    return Probe(name, edge, inputs)
