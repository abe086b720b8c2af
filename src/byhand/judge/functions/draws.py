"""Numbers that are drawn for probes of losses, and how they are shown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from byhand.judge.functions.calls import Array

RARE = 0.005, 0.008
"""Probabilities that any draw has some of: a clamp at 0.01 changes ordinary input."""
FINITE = "finite"
"""Of a probe's gradient: that it must be a number, whatever it is."""
TYPED = 100
"""Numbers of an input that are shown."""


def multiples(rng: np.random.Generator, rows: int, columns: int, tenths: int = 10) -> NDArray[np.float64]:
    """Rows of ``columns`` probabilities, each a multiple of 1/``tenths`` and above 0; all rows differ."""
    while True:
        counts = rng.multinomial(tenths - columns, np.full(columns, 1 / columns), size=rows) + 1
        if len({tuple(row) for row in counts.tolist()}) == rows and np.ptp(counts, axis=-1).min() > 0:
            return counts / tenths


def make_rare(rng: np.random.Generator, x: NDArray[np.float64], column: int) -> None:
    """Give a column of the first row a small probability, and the others the rest."""
    p = rng.uniform(*RARE)
    x[0] *= (1 - p) / (1 - x[0, column])
    x[0, column] = p


def probabilities(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float64]:
    """Rows of probabilities between about 1/200 and 1."""
    x = np.exp(rng.uniform(-2.5, 2.5, (rows, columns)))
    return np.asarray(x / x.sum(-1, keepdims=True))


def classes(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.int64]:
    """A class a row, not all the same."""
    first = rng.integers(columns)
    drawn = (first + rng.integers(1, columns, rows)) % columns
    drawn[rng.integers(rows)] = first
    return drawn if rows > 1 else np.array([first])


def one_hot(target: Array, columns: int) -> NDArray[np.float64]:
    """Rows with 1 at their class."""
    return np.eye(columns)[target.astype(np.int64)]


def reshaped(array: Any, shape: str) -> NDArray[np.float64]:
    """A vector in the shape of that name."""
    x = np.asarray(array, np.float64)
    if shape == "scalar":
        return np.asarray(x[0])
    return x.reshape({"1×n": (1, -1), "n×1": (-1, 1), "matrix": (2, -1)}.get(shape, (-1,)))


def listed(value: object) -> str:
    """Numbers as a reader would type them; of more than anybody types, how many."""
    array = np.asarray(value)
    if array.size > TYPED:
        return f"({' × '.join(map(str, array.shape))})"
    if array.ndim:
        return f"[{', '.join(listed(part) for part in array)}]"
    return f"{array.item():.4g}"


def scale(kind: str, pred: Array) -> float:
    """What the rounding of a row's value is measured by: its largest term."""
    x = np.abs(pred.astype(np.float64))
    if "logits" not in kind:
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.abs(np.log(x)) if "log" not in kind else x
    return float(1 + x[np.isfinite(x)].max(initial=0.0))
