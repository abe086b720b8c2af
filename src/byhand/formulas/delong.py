"""DeLong's standard error: how far AUC would move if the samples were drawn again.

AUC is a mean over pairs. The placement of a positive is the share of negatives below it, that of a negative the share
of positives above it, and ties count half:

    V₊(i) = P(s₋ < s_i) + ½ · P(s₋ = s_i),     V₋(j) = P(s₊ > s_j) + ½ · P(s₊ = s_j)

Both have the mean AUC. Pairs share rows and are not independent, but placements of different rows nearly are, so that

    Var(AUC) = var(V₊) / n₊ + var(V₋) / n₋,     SE = √Var

with sample variances, divisor n − 1. The interval is AUC ± z · SE. Two models on the same rows have correlated AUCs:
the variance of their difference is the same expression, with the differences of their placements.

Sorting gives placements from mid-ranks in O(n log n): V₊(i) = (rank among all − rank among positives) / n₋. A class
with one row has no variance: nan.

Source: DeLong, DeLong & Clarke-Pearson, Comparing the areas under two or more correlated receiver operating
characteristic curves, 1988, whose structural components V₁₀ and V₀₁ are V₊ and V₋; mid-ranks: Sun & Xu, Fast
implementation of DeLong's algorithm, 2014.
"""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Shaped
from byhand.formulas.roc_auc import mid_ranks


def placements(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]
) -> tuple[Shaped[Tensor, "n_pos"], Shaped[Tensor, "n_neg"]]:
    """V₊ of the positives and V₋ of the negatives, float64.

    >>> placements(torch.tensor([1.0, 2.0, 2.0]), torch.tensor([False, False, True]))
    (tensor([0.7500], dtype=torch.float64), tensor([1.0000, 0.5000], dtype=torch.float64))
    """
    rank = mid_ranks(scores)
    below = rank[positive] - mid_ranks(scores[positive])
    above = mid_ranks(-scores)[~positive] - mid_ranks(-scores[~positive])
    return below / len(above), above / len(below)


def delong(scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]) -> tuple[Shaped[Tensor, ""], Shaped[Tensor, ""]]:
    """AUC and its standard error in float64, of n scores and of n bools that mark the positives.

    >>> scores, positive = torch.tensor([0.1, 0.4, 0.6, 0.35, 0.8]), torch.tensor([False, False, False, True, True])
    >>> delong(scores, positive)
    (tensor(0.6667, dtype=torch.float64), tensor(0.3727, dtype=torch.float64))
    """
    V_pos, V_neg = placements(scores, positive)
    variance = V_pos.var() / len(V_pos) + V_neg.var() / len(V_neg)
    return V_pos.mean(), variance.sqrt()


def delong_difference(
    scores_a: Shaped[Tensor, "n"], scores_b: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"]
) -> tuple[Shaped[Tensor, ""], Shaped[Tensor, ""]]:
    """AUC of A minus AUC of B on the same rows, and the standard error of the difference.

    >>> a, b = torch.tensor([0.1, 0.4, 0.6, 0.35, 0.8]), torch.tensor([0.3, 0.1, 0.2, 0.35, 0.25])
    >>> delong_difference(a, b, torch.tensor([False, False, False, True, True]))
    (tensor(-0.1667, dtype=torch.float64), tensor(0.6009, dtype=torch.float64))
    """
    gaps = [a - b for a, b in zip(placements(scores_a, positive), placements(scores_b, positive), strict=True)]
    variance = sum((gap.var() / len(gap) for gap in gaps), torch.zeros(()).double())
    return gaps[0].mean(), variance.sqrt()
