"""Average precision: the mean, over positives, of the precision at their score.

    AP = 1/n₊ · Σ_{i positive} P(s_i),     P(t) = positives with score ≥ t / samples with score ≥ t

Lower the threshold t from the highest score down. Whenever it passes positives, recall rises by their share, and that
step counts with the precision there: the area under the precision-recall curve as a sum of steps, not of trapezoids,
which would be too optimistic. Equal scores are passed together, so their order does not matter.

A random order has AP ≈ n₊ / n, the share of positives, and not ½ as AUC: compare it between samples of the same
share only. Without positives there is nothing to average: AP is 0 / 0 = nan.

Source: Manning, Raghavan & Schütze, Introduction to information retrieval, 2008, eq. (8.8), of one query; why not
trapezoids: Davis & Goadrich, The relationship between precision-recall and ROC curves, 2006.
"""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Shaped


def average_precision(scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]) -> Shaped[Tensor, ""]:
    """AP in float64 of n scores (±∞ allowed, nan not) and of n bools that mark the positives.

    >>> average_precision(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([False, False, True, True]))
    tensor(0.8333, dtype=torch.float64)
    >>> average_precision(torch.tensor([0.5, 0.5]), torch.tensor([False, True]))
    tensor(0.5000, dtype=torch.float64)
    """
    _, group, size = torch.unique(scores, return_inverse=True, return_counts=True)
    hits = torch.zeros_like(size).index_add_(0, group[positive], torch.ones_like(group[positive]))
    found = hits.flip(0).cumsum(0).flip(0).double()  # positives with this score or more
    taken = size.flip(0).cumsum(0).flip(0)  # samples with this score or more
    precision = found / taken
    AP: Tensor = (hits * precision).sum() / positive.sum()
    return AP
