"""The ROC curve: how many negatives and positives score at least each distinct score."""

from __future__ import annotations

import torch
from torch import Tensor

from byhand._shapes import Bool, Float, Int, Shaped

SIGNED = {torch.uint16: torch.int16, torch.uint32: torch.int32, torch.uint64: torch.int64}
"""Dtypes that older versions of torch sort but cannot index, and those of the same size that they can."""


def totals(
    scores: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], weight: Float[Tensor, "n"] | None = None
) -> tuple[Shaped[Tensor, "m"], Shaped[Tensor, "m"], Int[Tensor, "m"]]:
    """Count the samples that score at least each of the m distinct scores, the highest first.

    Samples of weight 0 are left out. Equal scores are counted together, so their order does not matter.

    Returns:
        The negatives and the positives, counted in int64 or, with weights, summed in float64; and the index of
        one sample with this score.

    Source: Fawcett, An introduction to ROC analysis, 2006, Algorithm 1.
    """
    order = scores.argsort(descending=True, stable=True)
    if weight is None:
        weight = torch.ones_like(order)
    else:
        order = order[weight[order] != 0]
    equal = scores.view(SIGNED[scores.dtype]) if scores.dtype in SIGNED else scores
    ranked, positive, weight = equal[order], positive[order], weight[order]
    last = torch.ones_like(positive)
    last[:-1] = ranked[1:] != ranked[:-1]
    fps = (weight * ~positive).cumsum(0)[last]
    tps = (weight * positive).cumsum(0)[last]
    if weight.is_floating_point() and (weight >= 0).all():  # a GPU sums in parallel, and rounding may decrease a step
        fps, tps = fps.cummax(0).values, tps.cummax(0).values
    return fps, tps, order[last]


def from_origin(x: Shaped[Tensor, "m"]) -> Shaped[Tensor, "m+1"]:
    """0, then ``x``: above the highest score, nothing is counted."""
    return torch.cat([x.new_zeros(1), x])


def corners(fps: Shaped[Tensor, "m"], tps: Shaped[Tensor, "m"]) -> Bool[Tensor, "m"]:
    """Mark both ends, and each point where the next step differs from the one before."""
    ends = torch.ones_like(fps[:2], dtype=torch.bool)
    turns = (fps.diff(n=2) != 0) | (tps.diff(n=2) != 0)
    return torch.cat([ends[:1], turns, ends[1:]])


def twice_area(x: Shaped[Tensor, "m"], y: Shaped[Tensor, "m"]) -> int | float:
    """Twice the area under the trapezoids: an integer if ``x`` and ``y`` are integers."""
    area: int | float = (x.diff() * (y[1:] + y[:-1])).sum().item()
    return area


def standardized_partial_area(fpr: Float[Tensor, "m"], tpr: Float[Tensor, "m"], max_fpr: float) -> float:
    """The area A left of ``max_fpr``, scaled so that a random order gives ½ and a perfect one 1.

        ½ · (1 + (A − ½ · max_fpr²) / (max_fpr − ½ · max_fpr²))

    Source: McClish, Analyzing a portion of the ROC curve, 1989.
    """
    end = fpr.new_tensor([max_fpr])
    right = int(torch.searchsorted(fpr, end, right=True))  # the first point beyond; it exists, since max_fpr < 1
    x, y = fpr[right - 1 : right + 1], tpr[right - 1 : right + 1]
    height = y[:1] + (end - x[:1]) / x.diff() * y.diff()
    area = twice_area(torch.cat([fpr[:right], end]), torch.cat([tpr[:right], height])) / 2
    least = max_fpr**2 / 2
    return (1 + (area - least) / (max_fpr - least)) / 2
