"""Average precision: the area under the precision-recall curve, as a sum of steps."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand.metrics._average import over_labels
from byhand.metrics._curve import totals
from byhand.metrics._inputs import column, one_of, read, same_length, sortable, weights
from byhand.metrics._targets import positive_label, read_target
from byhand.metrics.roc_auc import UndefinedMetricWarning


def average_precision_score(
    y_true: Any, y_score: Any, *, average: str | None = "macro", pos_label: Any = None, sample_weight: Any = None
) -> float | NDArray[np.float64]:
    """The mean, over positives, of the precision at their score; see :mod:`byhand.formulas.average_precision`.

    Args:
        y_true: (n,) labels, as for :func:`byhand.metrics.roc_curve`; or (n, k) labels, 0 (or −1) and 1.
        y_score: scores of the same shape; ±∞ are allowed.
        average: with several labels, as for :func:`byhand.metrics.roc_auc_score`.
        pos_label: the positive label; optional for labels 0 and 1, or −1 and 1.
        sample_weight: (n,) finite weights, at least 0, by default 1.

    Returns:
        A float, or (k,) float64 for ``average=None``. nan without a positive; scikit-learn gives 0.

    Raises:
        ValueError, TypeError: as for :func:`byhand.metrics.roc_auc_score`.

    Warns:
        UndefinedMetricWarning: no sample is positive.

    >>> round(average_precision_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]), 4)
    0.8333
    """
    of = "average_precision_score"
    one_of(of, "average", average, ("micro", "macro", "weighted", "samples", None))
    scores = sortable(read(y_score, "y_score", of), "y_score", of)
    target = read_target(y_true, of, scores.device)
    weight = None if sample_weight is None else weights(sample_weight, of).to(scores.device)
    if weight is not None and (weight < 0).any():
        raise must_be("sample_weight", of, "at least 0", f"{weight.min().item()}", ValueError)
    same_length(of, "y_true", len(target.codes), y_score=scores, sample_weight=weight)
    if target.codes.ndim == 2:
        return over_labels(_two_classes, scores, target.equals(1), average, weight, of)
    positive = target.equals(positive_label(target, pos_label, of))
    return _two_classes(column(scores, "y_score", of), positive, weight)


def _two_classes(scores: Tensor, positive: Tensor, weight: Tensor | None) -> float:
    fps, tps, _ = totals(scores, positive, weight)
    if not len(tps) or tps[-1] <= 0:
        message = "`y_true` of `average_precision_score` has no positive sample of any weight: nan."
        warnings.warn(message, UndefinedMetricWarning, stacklevel=3)
        return math.nan
    tps = tps.double()
    steps = tps.diff(prepend=tps.new_zeros(1))
    return float((steps * (tps / (tps + fps))).sum() / tps[-1])
