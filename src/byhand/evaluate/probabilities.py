"""Log-loss, Brier score and calibration of predicted probabilities, mergeable."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.batches import MOST, UNIT, BadRow, TooHeavy, columns, in_units, positives
from byhand.evaluate.keys import for_kernel
from byhand.evaluate.results import Estimate
from byhand.evaluate.rows import cut, for_each
from byhand.evaluate.statistics import quantile
from byhand.evaluate.storage import pack, unpack


class CalibrationBin(NamedTuple):
    """Rows with a score from ``low`` to below ``high``: their mean score, and how often they are positive."""

    low: float
    high: float
    rows: float
    mean_score: float
    rate: float
    lower: float
    """Wilson's interval of the rate, and ``upper``."""
    upper: float


class Probabilities:
    """Sums from which log-loss, Brier score and calibration follow.

    Scores and losses are added as whole multiples of 2⁻⁶⁰ and 2⁻⁴⁸: the result does not depend on the order of rows
    or on their split.

    Args:
        bins: bins of equal width from 0 to 1.
        unit: weights are whole multiples of this power of 2; others are rounded.

    Attributes:
        rows: how many there are.
        impossible: rows whose probability was 0 for what happened: log-loss is ∞.

    >>> state = Probabilities(bins=2)
    >>> state.update(np.array([0, 1, 1]), np.array([0.25, 0.5, 1.0]))
    >>> round(state.log_loss(), 6) == round((math.log(4 / 3) + math.log(2)) / 3, 6)
    True
    >>> state.calibration_error().value
    0.25
    """

    def __init__(self, *, bins: int = 20, unit: float = UNIT) -> None:
        if not (isinstance(bins, int) and bins >= 1):
            raise must_be("bins", "Probabilities", "a whole number, at least 1", repr(bins), ValueError)
        if not 0 < unit <= 1 or np.frexp(unit)[0] != 0.5:
            raise must_be("unit", "Probabilities", "a power of 2, at most 1", repr(unit), ValueError)
        self.bins, self.unit = bins, float(unit)
        self.rows, self.impossible = 0, 0
        self.weighted: bool | None = None
        self._table = [[0, 0, 0] for _ in range(bins)]  # negatives, positives, Σ score · 2⁶⁰
        self._loss, self._square = 0, 0

    def update(self, labels: Any, scores: Any, weights: Any = None) -> None:
        """Add rows. Nothing is added if an argument is wrong.

        Args:
            labels: (n,) bools, or numbers 0 and 1.
            scores: (n,) probabilities of 1.
            weights: (n,) finite, at least 0; for all batches or for none.

        Raises:
            BadRow: a label other than 0 and 1, a score outside of 0 to 1, a weight below 0 or not finite.
            ValueError: lengths that differ, or weights for some batches only.
        """
        from byhand.kernels.numba.evaluate.rows import add_probabilities, find_outside

        y, p, w = columns(labels=labels, scores=scores, weights=weights)
        if not len(p):
            return
        if self.weighted is not None and self.weighted != (w is not None):
            raise must_be("weights", "update", "given for all rows or for none", "both", ValueError)
        if p.dtype.kind not in "biuf":
            raise must_be("scores", "update", "probabilities", f"dtype {p.dtype}", ValueError)
        p = for_kernel(np.ascontiguousarray(p, np.float32 if p.dtype == np.float32 else np.float64))
        positive = positives(y)
        if (row := find_outside(p)) >= 0:
            raise BadRow(int(row), "scores", "a probability, from 0 to 1", p[row])
        units = np.empty(0, np.int64) if w is None else in_units(w, self.unit)[0]
        parts = cut(len(p))
        tables, sums = np.zeros((len(parts), self.bins, 4), np.uint64), np.zeros((len(parts), 5), np.uint64)

        def add(k: int, part: slice) -> None:
            add_probabilities(p[part], positive[part], units[part], tables[k], sums[k])

        if self._weight() + (int(units.sum(dtype=object)) if w is not None else len(p)) > MOST:
            raise must_be("weights", "update", f"at most {MOST * self.unit:g} in total", "more", TooHeavy)
        for_each(parts, add)
        self.rows, self.weighted = self.rows + len(p), w is not None
        for k in range(len(parts)):
            self._add(_joined(tables[k]), *sums[k].tolist())

    def merge(self, other: Probabilities) -> None:
        """Add the rows of another state with the same bins and unit.

        Raises:
            ValueError: its settings are different.
        """
        mine, theirs = (self.bins, self.unit), (other.bins, other.unit)
        if mine != theirs or (None not in (self.weighted, other.weighted) and self.weighted != other.weighted):
            raise must_be("other", "merge", f"a state with bins and unit {mine}, and weights alike", theirs, ValueError)
        self.weighted = other.weighted if self.weighted is None else self.weighted
        self.rows += other.rows
        self._add(other._table, 0, other._loss, 0, other._square, other.impossible)

    def copy_empty(self) -> Probabilities:
        """An empty state with the same bins."""
        return Probabilities(bins=self.bins, unit=self.unit)

    def log_loss(self) -> float:
        """The mean of −ln of the probability of what happened, in nats; ∞ if any was 0; nan without rows."""
        if self.impossible:
            return math.inf
        return self._loss / (self._weight() << 48) if self._weight() else math.nan

    def brier(self) -> float:
        """The mean of (score − label)²."""
        return self._square / (self._weight() << 60) if self._weight() else math.nan

    def table(self, confidence: float = 0.95) -> list[CalibrationBin]:
        """The calibration of each bin that has rows.

        Source of the interval: Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        z = quantile(confidence)
        scale = self.unit if self.weighted else 1.0
        found = []
        for k, (neg, pos, score) in enumerate(self._table):
            if not (n := neg + pos):
                continue
            rate, size = pos / n, n * scale
            middle, reach = rate + z * z / (2 * size), z * math.sqrt(rate * (1 - rate) / size + (z / (2 * size)) ** 2)
            lower, upper = ((middle + s * reach) / (1 + z * z / size) for s in (-1, 1))
            row = k / self.bins, (k + 1) / self.bins, size, score / (n << 60), rate, max(0.0, lower), min(1.0, upper)
            found.append(CalibrationBin(*row))
        return found

    def calibration_error(self, confidence: float = 0.95) -> Estimate:
        """The expected calibration error, Σ n_b / n · |rate − mean score|.

        The bounds follow from the bins' intervals: each rate is anywhere in its own. They are confidence bounds, wider
        than need be, and not certain ones.

        Source: Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015.
        """
        table = self.table(confidence)
        if not table:
            return Estimate(math.nan, math.nan, math.nan)
        n = math.fsum(row.rows for row in table)
        value = math.fsum(row.rows * abs(row.rate - row.mean_score) for row in table) / n
        far = (row.rows * max(row.mean_score - row.lower, row.upper - row.mean_score) for row in table)
        near = (row.rows * max(row.lower - row.mean_score, row.mean_score - row.upper, 0.0) for row in table)
        return Estimate(value, math.fsum(near) / n, math.fsum(far) / n)

    def to_bytes(self) -> bytes:
        """The state as bytes: the same for the same rows."""
        names = ("bins", "unit", "rows", "impossible", "weighted", "_table", "_loss", "_square")
        return pack("Probabilities", {name.lstrip("_"): getattr(self, name) for name in names}, {})

    @classmethod
    def from_bytes(cls, data: bytes) -> Probabilities:
        """The state of :meth:`to_bytes`."""
        meta, _ = unpack("Probabilities", data)
        self = cls(bins=meta["bins"], unit=meta["unit"])
        self.rows, self.impossible, self.weighted = meta["rows"], meta["impossible"], meta["weighted"]
        self._table, self._loss, self._square = meta["table"], meta["loss"], meta["square"]
        return self

    def _weight(self) -> int:
        return sum(neg + pos for neg, pos, _ in self._table)

    def _add(self, table: list[list[int]], high: int, low: int, more: int, less: int, impossible: int) -> None:
        self._table = [[a + b for a, b in zip(*rows, strict=True)] for rows in zip(self._table, table, strict=True)]
        self._loss += (high << 64) + low
        self._square += (more << 64) + less
        self.impossible += impossible


def _joined(table: NDArray[np.uint64]) -> list[list[int]]:
    """Rows of the kernel's table, with the two words of the score as one number."""
    return [[neg, pos, high << 64 | low] for neg, pos, high, low in table.tolist()]
