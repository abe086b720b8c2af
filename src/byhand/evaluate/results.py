"""What an evaluation returns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class Estimate(NamedTuple):
    """A number and the bounds between which it certainly is; no bound is a guess from a sample.

    ``nan`` three times if it is 0 / 0: one class only.
    """

    value: float
    lower: float
    upper: float

    @property
    def exact(self) -> bool:
        """Whether the bounds are the number."""
        return self.lower == self.upper

    @property
    def width(self) -> float:
        """The distance of the bounds."""
        return self.upper - self.lower


class DeLong(NamedTuple):
    """AUC, its standard error and the interval auc ± z · standard error, cut at 0 and 1."""

    auc: float
    standard_error: float
    lower: float
    upper: float
    confidence: float


class Comparison(NamedTuple):
    """AUC of model A minus AUC of model B on the same rows, and the two-sided test of no difference."""

    difference: float
    standard_error: float
    lower: float
    upper: float
    z: float
    p_value: float
    confidence: float


class Curve(NamedTuple):
    """Points of a curve, from the highest threshold to the lowest; nowhere is y further off than ``tolerance``."""

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    thresholds: NDArray[np.float64]
    tolerance: float
