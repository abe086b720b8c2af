"""Expected calibration error: how far predicted probabilities are from frequencies.

    ECE = Σ_b n_b / n · |ȳ_b − p̄_b|

If a model says 0.3 for a thousand rows, about three hundred should be positive. Cut [0, 1] into bins of equal width; in
bin b with n_b rows, p̄_b is the mean probability and ȳ_b the share of positives. ECE is the mean distance of the two,
weighted by rows. Empty bins count nothing.

It says nothing about ranking: a model that always says the share of positives has ECE = 0. It depends on the bins: more
of them leave fewer rows in each, whose frequency is further from the mean by chance alone, and ECE grows.

Source: Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, AAAI 2015; eq. (3)
of Guo et al., On calibration of modern neural networks, 2017, which takes the class predicted for the positive one.
"""

from __future__ import annotations

from torch import Tensor

from byhand._shapes import Bool, Shaped


def calibration_error(p: Shaped[Tensor, "n"], positive: Bool[Tensor, "n"], bins: int = 15) -> Shaped[Tensor, ""]:
    """ECE in float64 of n probabilities and of n bools that mark the positives; 1 belongs to the last bin.

    >>> import torch
    >>> calibration_error(torch.tensor([0.25, 0.5, 1.0]), torch.tensor([False, True, True]), bins=2)
    tensor(0.2500, dtype=torch.float64)
    """
    p, y = p.double(), positive.double()
    bin = (p * bins).long().clamp(max=bins - 1)
    total = p.new_zeros(bins)
    gap = total.index_add(0, bin, y) - total.index_add(0, bin, p)  # n_b · (ȳ_b − p̄_b)
    return gap.abs().sum() / len(p)
