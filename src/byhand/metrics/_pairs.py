"""The two counts whose quotient is ROC AUC."""

from __future__ import annotations

from typing import Any

import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand import kernels
from byhand._shapes import Bool, Float, Shaped
from byhand.metrics._curve import from_origin, totals, twice_area

PLAIN = {torch.bool, torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.float32, torch.float64}
"""Dtypes of labels that can be used directly if they are 0 and 1."""


def count_pairs(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], weight: Float[Tensor, "n"] | None = None
) -> tuple[float, float]:
    """2U and 2 · n₊ · n₋: the pairs that positives win, counted 2 each with 1 for a tie, and the maximum.

    A kernel named ``roc_auc`` computes this. ``scores`` have any dtype that torch sorts and any stride, and no nan; ±∞
    are allowed and −0 = 0. ``positive`` is on the same device. Both results are exact ints. Their quotient is AUC,
    0 / 0 with one class only. With weights, finite and not negative, a pair counts the product of its weights. A kernel
    also takes numbers as ``positive``; for numbers other than 0 and 1, or for nan, it returns None.

    >>> count_pairs(torch.tensor([1.0, 1.0, 3.0]), torch.tensor([False, True, True]))
    (3, 4)
    """
    x, y = (from_origin(t) for t in totals(scores, positive, weight)[:2])
    return twice_area(x, y), 2 * x[-1].item() * y[-1].item()


def count_at_once(scores: Tensor | NDArray[Any], labels: Tensor | NDArray[Any]) -> tuple[float, float] | None:
    """The same for two unchecked columns: a kernel checks them while it counts.

    None if there is no such kernel, or if it finds nan or labels other than 0 and 1. The caller then reads them itself.
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
