"""The curve: how many negatives and positives score at least so much, for every score there is."""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Float, Int, Shaped


def totals(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], weight: Float[Tensor, "n"] | None = None
) -> tuple[Shaped[Tensor, "m"], Shaped[Tensor, "m"], Int[Tensor, "m"]]:
    """What scores at least as high as each of the m distinct scores, the highest first.

    Samples of weight 0 are left out. Equal scores enter together, so that their order can't matter.

    Returns:
        The negatives and the positives, counted in int64 or, with weights, summed in float64; and one of the samples
        that have the score.

    Source: Fawcett, An introduction to ROC analysis, 2006, Algorithm 1.
    """
    order = scores.argsort(descending=True, stable=True)
    if weight is None:
        weight = torch.ones_like(order)
    else:
        order = order[weight[order] != 0]
    ranked, positive, weight = scores[order], positive[order], weight[order]
    last = torch.ones_like(positive)
    last[:-1] = ranked[1:] != ranked[:-1]
    fps = (weight * ~positive).cumsum(0)[last]
    tps = (weight * positive).cumsum(0)[last]
    if weight.is_floating_point() and (weight >= 0).all():  # a GPU adds in parallel, and may round a step down
        fps, tps = fps.cummax(0).values, tps.cummax(0).values
    return fps, tps, order[last]


def from_origin(x: Shaped[Tensor, "m"]) -> Shaped[Tensor, "m+1"]:
    """0, then ``x``: a curve starts where no score is high enough."""
    return torch.cat([x.new_zeros(1), x])


def corners(fps: Shaped[Tensor, "m"], tps: Shaped[Tensor, "m"]) -> Bool[Tensor, "m"]:
    """Both ends, and each point where the step to the next differs from the step before."""
    ends = torch.ones_like(fps[:2], dtype=torch.bool)
    turns = (fps.diff(n=2) != 0) | (tps.diff(n=2) != 0)
    return torch.cat([ends[:1], turns, ends[1:]])


def twice_area(x: Shaped[Tensor, "m"], y: Shaped[Tensor, "m"]) -> int | float:
    """Twice the area under the trapezoids, so that it is a whole number if ``x`` and ``y`` are."""
    area: int | float = (x.diff() * (y[1:] + y[:-1])).sum().item()
    return area


def standardized_partial_area(fpr: Float[Tensor, "m"], tpr: Float[Tensor, "m"], max_fpr: float) -> float:
    """The area A left of ``max_fpr``, moved to ½ for a random and to 1 for a perfect order.

        ½ · (1 + (A − ½ · max_fpr²) / (max_fpr − ½ · max_fpr²))

    Source: McClish, Analyzing a portion of the ROC curve, 1989.
    """
    end = fpr.new_tensor([max_fpr])
    right = int(torch.searchsorted(fpr, end, right=True))  # the first point beyond; max_fpr < 1 is before the last
    x, y = fpr[right - 1 : right + 1], tpr[right - 1 : right + 1]
    height = y[:1] + (end - x[:1]) / x.diff() * y.diff()
    area = twice_area(torch.cat([fpr[:right], end]), torch.cat([tpr[:right], height])) / 2
    least = max_fpr**2 / 2
    return (1 + (area - least) / (max_fpr - least)) / 2
