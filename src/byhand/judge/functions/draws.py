"""Random inputs for probes of losses, and how they are printed."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Array

RARE = 0.005, 0.008
"""The range of the small probabilities in every draw, so that a clamp at 0.01 changes ordinary input."""
FINITE = "finite"
"""Value of a probe's "gradient": any finite gradient is accepted."""
GRAIN = 2.0**24
"""Probabilities that are drawn are multiples of 1 / GRAIN."""
TYPED = 100
"""Up to how many numbers an input is printed in full."""


def multiples(rng: np.random.Generator, rows: int, columns: int, tenths: int = 10) -> NDArray[np.float64]:
    """Rows of ``columns`` probabilities, each a multiple of 1/``tenths`` and above 0; all rows differ."""
    while True:
        counts = rng.multinomial(tenths - columns, np.full(columns, 1 / columns), size=rows) + 1
        x = counts / tenths
        different = len({tuple(row) for row in counts.tolist()}) == rows and np.ptp(counts, axis=-1).min() > 0
        if different and (x.sum(-1) == 1).all():  # not always, by rounding
            return np.asarray(x)


def make_rare(rng: np.random.Generator, x: NDArray[np.float64], column: int) -> None:
    """Set a column of the first row to a small probability, and rescale the others."""
    p = rng.uniform(*RARE)
    x[0] *= (1 - p) / (1 - x[0, column])
    x[0, column] = p
    x[:1] = exact(x[:1])


def probabilities(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """Rows of probabilities between about 1/200 and 1."""
    x = np.exp(rng.uniform(-2.5, 2.5, (rows, columns)))
    return exact(x / x.sum(-1, keepdims=True))


def exact(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows, rounded so that they sum to exactly 1 in any order, also in float32: programs may assert that."""
    x = np.round(x * GRAIN) / GRAIN
    x[np.arange(len(x)), x.argmax(-1)] += 1 - x.sum(-1)
    return np.asarray(x)


def classes(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.int64]:
    """One class per row, not all the same."""
    first = rng.integers(columns)
    drawn = (first + rng.integers(1, columns, rows)) % columns
    drawn[rng.integers(rows)] = first
    return drawn if rows > 1 else np.array([first])


def one_hot(target: Array, columns: int) -> NDArray[np.float64]:
    """One-hot rows of these classes."""
    return np.eye(columns)[target.astype(np.int64)]


def reshaped(array: Any, shape: str) -> NDArray[np.float64]:
    """A vector reshaped to the shape of this name."""
    x = np.asarray(array, np.float64)
    if shape == "scalar":
        return np.asarray(x[0])
    return x.reshape({"1×n": (1, -1), "n×1": (-1, 1), "matrix": (2 - x.size % 2, -1)}.get(shape, (-1,)))


def listed(value: object) -> str:
    """Numbers as a reader would type them; only the shape if there are too many."""
    array = np.asarray(value)
    if array.size > TYPED:
        return f"({' × '.join(map(str, array.shape))})"
    if array.ndim:
        return f"[{', '.join(listed(part) for part in array)}]"
    return f"{array.item():.4g}"


def scale(kind: str, pred: Array) -> float:
    """The scale of rounding errors in a row's value: its largest term."""
    x = np.abs(pred.astype(np.float64))
    if "logits" not in kind:
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.abs(np.log(x)) if "log" not in kind else x
    return float(1 + x[np.isfinite(x)].max(initial=0.0))
