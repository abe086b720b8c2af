"""Whether two outcomes are equal, up to the rounding errors that their dtype and conditioning allow."""

from __future__ import annotations

from math import isfinite

import numpy as np
from numpy.typing import NDArray

from byhand.judge.model import COARSE, FLOAT32, FLOAT64, Outcome
from byhand.judge.phrases import Text, equals, of_shape

ARITHMETIC = {"ZeroDivisionError", "OverflowError", "FloatingPointError", "ValueError"}
"""Exceptions of plain Python where arrays give nan or inf: 1 / 0, exp(1000), log(0)."""

TIERS = (FLOAT64, FLOAT32)
"""Precisions at which an outcome may agree: a program may compute in float32 and return a Python number."""
ROUNDINGS, FEW = 64, 2
"""How many eps of the scale a right program may be off, because it rounds more often or in another order. In half
precision only what the few sums of a probe take: 64 eps would be half of the value."""


def agree(observed: Outcome, predicted: Outcome, eps: float = FLOAT64) -> bool:
    """Whether the observed outcome equals the predicted one, at precision ``eps`` or a coarser observed one.

    Shape, kind of number and the places of nan and ±inf must be equal, the rest within rounding. A value that only one
    of them has, such as a gradient, is not compared; without a common value they do not agree. Two failures agree, and
    a failure of Python's own arithmetic agrees with a prediction that is not finite.
    """
    if observed.error in ARITHMETIC and not observed.stumbles and not predicted.error:
        return not all(np.isfinite(value).all() for value in predicted.values.values())
    if observed.error or predicted.error:
        alike = ("reshape" in observed.message) == ("reshape" in predicted.message)  # the formulas never reshape
        return bool(observed.error) and bool(predicted.error) and alike
    common = observed.values.keys() & predicted.values.keys()
    eps = max(eps, observed.eps)
    return bool(common) and all(
        close(observed.values[key], predicted.values[key], eps, predicted.scale.get(key)) for key in common
    )


def close(
    observed: NDArray[np.generic], expected: NDArray[np.generic], eps: float, scale: NDArray[np.generic] | None = None
) -> bool:
    """Same shape, same nan and ±inf, and the rest within so many eps of the value, or of a larger ``scale``."""
    if observed.shape != expected.shape or (observed.size and _far(observed.flat[0], expected.flat[0], eps, scale)):
        return False
    a, b = observed.astype(np.float64), expected.astype(np.float64)
    finite = np.isfinite(b)
    if not np.array_equal(np.where(finite, 0.0, b), np.where(np.isfinite(a), 0.0, a), equal_nan=True):
        return False
    size = np.abs(b) if scale is None else np.maximum(np.abs(b), np.abs(scale.astype(np.float64)))
    gap, size = np.abs(a[finite] - b[finite]), np.broadcast_to(size, b.shape)[finite]
    return bool(np.all(gap <= (ROUNDINGS if eps <= FLOAT32 else FEW) * eps * size))


def _far(observed: np.generic, expected: np.generic, eps: float, scale: NDArray[np.generic] | None) -> bool:
    """Whether the first numbers alone tell that the rest need not be compared: most of a check is to refute guesses."""
    if scale is not None and scale.size != 1:
        return False
    a, b = float(observed), float(expected)
    size = abs(b) if scale is None else max(abs(b), abs(float(scale.flat[0])))
    return isfinite(a) and isfinite(b) and abs(a - b) > 2 * ROUNDINGS * eps * size


def rounded(array: NDArray[np.generic], eps: float) -> NDArray[np.generic]:
    """Floats rounded to the half precision of this ``eps``; other dtypes unchanged."""
    if array.dtype.kind != "f":
        return array
    x = array.astype(np.float64)
    with np.errstate(over="ignore"):
        if eps == COARSE["float16"]:
            return x.astype(np.float16).astype(np.float64)
        mantissa, exponent = np.frexp(x)
        return np.asarray(np.ldexp(np.round(mantissa / eps * 2) * eps / 2, exponent))


def difference(observed: Outcome, expected: Outcome) -> tuple[Text, Text]:
    """The first number in which the two differ most: the learner's and the formula's."""
    if observed.error:
        return observed.failure, _first(expected)
    for key in expected.values:
        if key not in observed.values:
            continue
        a, b = np.asarray(observed.values[key], np.float64), np.asarray(expected.values[key], np.float64)
        if a.shape != b.shape:
            return of_shape(key, a.shape), of_shape(key, b.shape)
        with np.errstate(invalid="ignore"):
            gap = np.abs(a - b) / (np.abs(b) + 1e-300)
        gap = np.where(np.isnan(a) & np.isnan(b) | (a == b), 0.0, np.where(np.isfinite(gap), gap, np.inf))
        if gap.max(initial=0.0) > 1e-12:
            i = np.unravel_index(np.argmax(gap > gap.max() / 2), gap.shape)
            index = () if a.size == 1 else tuple(map(int, i))
            digits = next(d for d in (6, 9, 17) if d == 17 or f"{a[i]:.{d}g}" != f"{b[i]:.{d}g}")
            return equals(key, a[i], index, digits), equals(key, b[i], index, digits)
    return "", ""


def _first(outcome: Outcome) -> Text:
    for key, value in outcome.values.items():
        if value.size:
            return equals(key, np.asarray(value, np.float64).ravel()[0])
    return ""
