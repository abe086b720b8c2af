"""ROC AUC: the probability that a positive scores higher than a negative, with ties counted half.

    AUC = P(s₊ > s₋) + ½ · P(s₊ = s₋)

Sort all scores and number them 1, 2, …, n; equal scores share the mean of their numbers, the mid-rank. The sum R₊ of
the positives' ranks counts, for each positive, itself and all samples below it. Subtracting the n₊(n₊ + 1)/2 pairs of a
positive with itself or another positive leaves U, the number of pairs with a negative below:

    U = R₊ − n₊(n₊ + 1) / 2,     AUC = U / (n₊ · n₋)

With one class only there is no pair to compare: n₊ · n₋ = 0, and AUC is 0 / 0 = nan.

Source: Mann & Whitney, 1947 (U); Hanley & McNeil, The meaning and use of the area under a ROC curve, 1982 (U as
the area); the formula is eq. (3) of Hand & Till, A simple generalisation of the area under the ROC curve, 2001.
"""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Shaped


def mid_ranks(scores: Shaped[Tensor, "n"]) -> Shaped[Tensor, "n"]:
    """Rank of each score, 1 the lowest; equal scores share the mean of their ranks. float64.

    >>> mid_ranks(torch.tensor([0.1, 0.4, 0.4, 0.9]))
    tensor([1.0000, 2.5000, 2.5000, 4.0000], dtype=torch.float64)
    """
    _, group, size = torch.unique(scores, return_inverse=True, return_counts=True)
    last = size.cumsum(0)
    first = last - size + 1
    rank: Tensor = (first + last).double() / 2
    return rank[group]


def roc_auc(scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]) -> Shaped[Tensor, ""]:
    """AUC in float64 of n scores (±∞ allowed, nan not) and of n bools that mark the positives.

    >>> roc_auc(torch.tensor([0.1, 0.4, 0.35, 0.8]), torch.tensor([False, False, True, True]))
    tensor(0.7500, dtype=torch.float64)
    >>> roc_auc(torch.tensor([0.5, 0.5]), torch.tensor([False, True]))
    tensor(0.5000, dtype=torch.float64)
    """
    n_pos = positive.sum().double()  # a quotient of integer tensors would be float32
    n_neg = len(positive) - n_pos
    R_pos = mid_ranks(scores)[positive].sum()
    U = R_pos - n_pos * (n_pos + 1) / 2
    return U / (n_pos * n_neg)
