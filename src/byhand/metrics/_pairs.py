"""Counts what ROC AUC is the quotient of."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand import kernels
from byhand._shapes import Bool, Float, Shaped
from byhand.metrics._curve import from_origin, totals, twice_area

PLAIN = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64}
"""Dtypes of labels that need no reading if they are 0 and 1."""


def count_pairs(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], weight: Float[Tensor, "n"] | None = None
) -> tuple[float, float]:
    """2U and 2 · n₊ · n₋: what the positives win, 2 a negative below and 1 a tie, and the most they could.

    This is what a kernel named ``roc_auc`` computes. ``scores`` have any dtype that torch sorts, any stride, and no
    nan, with −0 = 0 and −∞ and ∞ among them; ``positive`` is on the same device. Both numbers are int and exact, and
    AUC is their quotient, 0 / 0 with one class only. With weights, finite and none negative, a pair counts the product
    of its weights. A kernel takes numbers as ``positive`` too; for others than 0 and 1, or for nan, it returns None.

    >>> count_pairs(torch.tensor([1.0, 1.0, 3.0]), torch.tensor([False, True, True]))
    (3, 4)
    """
    x, y = (from_origin(t) for t in totals(scores, positive, weight)[:2])
    return twice_area(x, y), 2 * x[-1].item() * y[-1].item()


def count_at_once(scores: Tensor | NDArray[Any], labels: Tensor | NDArray[Any]) -> tuple[float, float] | None:
    """The same of one column each, of which nothing is known: a kernel checks while it counts.

    None if there is no such kernel, or if it finds nan or labels other than 0 and 1: then one must look closer.
    """
    if not (isinstance(scores, Tensor) and isinstance(labels, Tensor) and len(scores) == len(labels)):
        return None
    if {scores.shape[1:], labels.shape[1:]} - {(), (1,)} or labels.dtype not in PLAIN:
        return None
    if scores.device.type != "cpu" or labels.device.type != "cpu":
        return None
    scores, labels = scores.reshape(-1), labels.reshape(-1)
    kernel = kernels.pick("roc_auc", scores, labels)
    return kernel(scores, labels) if kernel else None
