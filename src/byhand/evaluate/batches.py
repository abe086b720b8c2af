"""Rows as they come: a batch, what can be read again, and the error that names a bad row."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from byhand._check import must_be
from byhand.evaluate.keys import for_kernel

UNIT = 2.0**-20
"""Weights are whole multiples of it, by default."""
MOST = 1 << 62
"""The largest total weight, in units: sums stay within 64 bits."""


class Batch(NamedTuple):
    """Labels, scores and weights of n rows, each (n,); weights are optional."""

    labels: NDArray[Any]
    scores: NDArray[Any]
    weights: NDArray[Any] | None = None


@runtime_checkable
class Reader(Protocol):
    """Rows that can be read again: each iteration has all of them, in any order and split."""

    def __iter__(self) -> Iterator[Batch]: ...


class BadRow(ValueError):
    """A row that has no place in a ranking.

    Attributes:
        row: its index in the batch.
        argument: ``"labels"``, ``"scores"``, ``"weights"`` or ``"groups"``.
        value: what was found there.
    """

    def __init__(self, row: int, argument: str, requirement: str, value: object, of: str = "update") -> None:
        super().__init__(f"`{argument}` of `{of}` must be {requirement}, got {value} in row {row}.")
        self.row, self.argument, self.requirement, self.value, self.of = row, argument, requirement, value, of

    def __reduce__(self) -> tuple[Any, ...]:
        return BadRow, (self.row, self.argument, self.requirement, self.value, self.of)


class TooHeavy(ValueError):
    """The total weight is more than :data:`MOST` units."""


def columns(**arrays: Any) -> list[Any]:
    """The arrays as columns of one length; None stays None.

    Raises:
        ValueError: one has another shape, or another length than the first.
    """
    found, n = [], None
    for argument, x in arrays.items():
        column = x if x is None else np.asarray(x)
        if column is not None:
            if column.ndim != 1:
                raise must_be(argument, "update", "of shape (n,)", f"shape {column.shape}", ValueError)
            if n is not None and len(column) != n:
                raise must_be(argument, "update", f"as long as `{next(iter(arrays))}`, {n}", len(column), ValueError)
            n = len(column)
        found.append(column)
    return found


def positives(labels: NDArray[Any]) -> NDArray[np.uint8]:
    """1 for a positive row and 0 for a negative one.

    Raises:
        BadRow: a label is neither 0 nor 1.
        ValueError: the labels are not numbers.
    """
    if labels.dtype == bool:
        return for_kernel(np.ascontiguousarray(labels).view(np.uint8))
    if labels.dtype == np.uint8 and labels.max(initial=0) <= 1:
        return for_kernel(np.ascontiguousarray(labels))
    if labels.dtype.kind not in "iuf":
        raise must_be("labels", "update", "bools, or 0 and 1", f"dtype {labels.dtype}", ValueError)
    one = labels == 1
    bad = ~(one | (labels == 0))
    if bad.any():
        row = int(bad.argmax())
        raise BadRow(row, "labels", "0 or 1", labels[row])
    found: NDArray[np.uint8] = one.view(np.uint8)
    return found


def in_units(weights: NDArray[Any], unit: float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Weights as whole multiples of ``unit``, a power of 2, and where they had to be rounded.

    Raises:
        BadRow: a weight is negative or not finite, or too large.
        ValueError: the weights are not numbers.
    """
    if weights.dtype.kind not in "biuf":
        raise must_be("weights", "update", "numbers", f"dtype {weights.dtype}", ValueError)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = weights.astype(np.float64) / unit
        bad = ~((scaled >= 0) & (scaled <= MOST))
    if bad.any():
        row = int(bad.argmax())
        raise BadRow(row, "weights", f"from 0 to {MOST * unit:g}", weights[row])
    whole = np.rint(scaled)
    return whole.astype(np.int64), whole != scaled
