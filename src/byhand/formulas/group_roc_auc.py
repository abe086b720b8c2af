"""GAUC: the mean of ROC AUC within groups, such as the impressions of each user.

    GAUC = Σ_g w_g · AUC_g / Σ_g w_g

A model is used to rank within a group: what one user sees. AUC over all rows also compares rows of different users, and
is high for a model that knows only which users click often. GAUC compares rows of the same user only.

The weight w_g is the number of rows of the group (impressions), of its positives (clicks), or 1. A group with one class
only has no pair, its AUC is 0 / 0, and it is left out, with its weight. Without any other group, GAUC is nan.

Source: Zhu et al., Optimized cost per click in Taobao display advertising, KDD 2017; Zhou et al., Deep interest network
for click-through rate prediction, KDD 2018, which weights by impressions and calls it user weighted AUC.
"""

from __future__ import annotations

import math

from torch import Tensor

from byhand._shapes import Bool, Shaped
from byhand.formulas.roc_auc import roc_auc


def group_roc_auc(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], groups: Shaped[Tensor, "n"], weighting: str = "rows"
) -> float:
    """GAUC of n scores, n bools that mark the positives, and the group of each row.

    ``weighting`` is ``"rows"``, ``"positives"`` or ``"groups"``.

    >>> import torch
    >>> scores = torch.tensor([1.0, 2.0, 1.0, 3.0, 4.0, 5.0])
    >>> positive = torch.tensor([False, True, True, True, False, True])
    >>> group_roc_auc(scores, positive, torch.tensor([7, 7, 7, 8, 8, 9]))
    0.45
    """
    total = weight = 0.0
    for group in set(groups.tolist()):
        own = groups == group
        if 0 < positive[own].sum() < own.sum():
            w = {"rows": own, "positives": own & positive, "groups": own.any()}[weighting].sum().item()
            total += w * roc_auc(scores[own], positive[own]).item()
            weight += w
    return total / weight if weight else math.nan
