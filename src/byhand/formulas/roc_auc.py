"""ROC AUC: the chance that a positive scores higher than a negative, a tie counting half.

    AUC = P(s₊ > s₋) + ½ · P(s₊ = s₋)

Sort all scores and number them 1, 2, …, n; equal scores share the mean of their numbers, the mid-rank. The sum R₊ of
the positives' ranks counts, for each positive, itself and all it beats. The n₊(n₊ + 1)/2 pairs of a positive with
itself or another positive go off again, and what is left is the number U of negatives beaten:

    U = R₊ − n₊(n₊ + 1) / 2,     AUC = U / (n₊ · n₋)

With one class only there is no pair to compare, n₊ · n₋ = 0, and AUC is 0 / 0: nan.

Source: Mann & Whitney, 1947 (U); Hanley & McNeil, The meaning and use of the area under a ROC curve, 1982 (that it is
the area); the formula is eq. (3) of Hand & Till, A simple generalisation of the area under the ROC curve, 2001.
"""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Shaped


def mid_ranks(scores: Shaped[Tensor, "n"]) -> Shaped[Tensor, "n"]:
    """Rank of each score, 1 the lowest; equal scores share the mean of their ranks. Multiples of ½, in float64.

    >>> mid_ranks(torch.tensor([0.1, 0.4, 0.4, 0.9]))
    tensor([1.0000, 2.5000, 2.5000, 4.0000], dtype=torch.float64)
    """
    _, group, size = torch.unique(scores, return_inverse=True, return_counts=True)
    last = size.cumsum(0)
    first = last - size + 1
    rank: Tensor = (first + last).double() / 2
    return rank[group]


def roc_auc(scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]) -> Shaped[Tensor, ""]:
    """AUC of n scores, −∞ and ∞ among them but no nan, and whether each belongs to a positive; a float64 number.

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
