"""ROC AUC with the calls of scikit-learn: the score, the curve, and the area under any curve.

The score is that of :func:`byhand.formulas.roc_auc`. Differences from scikit-learn:

- without weights, AUC is the correctly rounded quotient of integers, 2U / (2 · n₊ · n₋), for any order of samples;
- scores may be ±∞, and 16-bit probabilities need to sum to 1 only within their own rounding;
- shapes, lengths and weights are checked even where the result does not depend on them;
- labels −1 and 1 mean the same as 0 and 1, also in the weighted average.
"""

from __future__ import annotations

import math
import sys
import warnings
from functools import cache, partial
from numbers import Real
from typing import Any, SupportsFloat, overload

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from byhand import kernels
from byhand._check import must_be
from byhand.metrics._average import check_probabilities, over_classes, over_labels
from byhand.metrics._curve import corners, from_origin, standardized_partial_area, totals, twice_area
from byhand.metrics._inputs import column, floats, numbers, one_of, read, same_length, sortable, weights
from byhand.metrics._pairs import count_at_once, count_pairs
from byhand.metrics._targets import positive_label, read_target

ONE_CLASS = "has one class only: no pair to compare, AUC is 0 / 0"


class UndefinedMetricWarning(UserWarning):
    """The metric is 0 / 0 for these samples, and the result is nan."""


@overload
def roc_auc_score(
    y_true: Any,
    y_score: Any,
    *,
    average: str = "macro",
    sample_weight: Any = None,
    max_fpr: SupportsFloat | None = None,
    multi_class: str = "raise",
    labels: Any = None,
) -> float: ...
@overload
def roc_auc_score(
    y_true: Any,
    y_score: Any,
    *,
    average: None,
    sample_weight: Any = ...,
    max_fpr: SupportsFloat | None = ...,
    multi_class: str = ...,
    labels: Any = ...,
) -> float | NDArray[np.float64]: ...
def roc_auc_score(
    y_true: Any,
    y_score: Any,
    *,
    average: str | None = "macro",
    sample_weight: Any = None,
    max_fpr: SupportsFloat | None = None,
    multi_class: str = "raise",
    labels: Any = None,
) -> float | NDArray[np.float64]:
    """Area under the ROC curve: the probability that a positive scores higher than a negative; ties count half.

    Arrays may be lists, NumPy arrays, pandas or polars columns or frames, or tensors. A tensor of scores stays on its
    device; there is no gradient. Integers are not rounded.

    Args:
        y_true: (n,) classes, as integers, bools or strings; of two classes, the greater is positive. Or (n, k) labels,
            0 (or −1) and 1.
        y_score: (n,) scores of the positive class, or (n, k) scores of the labels, or with more than two classes
            (n, k) probabilities that sum to 1 in each row. −∞ ranks below and ∞ above every finite score;
            equal infinities are ties. scikit-learn raises for both.
        average: with several labels or classes: ``"macro"``, their mean; ``"weighted"``, the mean weighted by how often
            each is true; ``"micro"``, the AUC of all n · k entries as one problem; ``"samples"``, the mean over rows
            (labels only); None, the k numbers. Ignored with two classes.
        sample_weight: (n,) finite weights, by default 1. Negative ones are accepted if the curve never turns back.
        max_fpr: the largest false positive rate to include, above 0, at most 1; less than 1 gives McClish's
            standardised area, ½ for a random order.
        multi_class: with more than two classes: ``"ovr"``, each against the rest; ``"ovo"``, each pair.
        labels: with more than two classes: (k,) classes in ascending order, one per column of ``y_score``.

    Returns:
        A float, or (k,) float64 for ``average=None``. nan if only one class has samples, or weight; ``"weighted"``
        leaves out labels that are never true, and is 0 if none ever is.

    Raises:
        ValueError: an invalid argument; nan; lengths that differ; no samples.
        TypeError: labels that are bytes, or strings mixed with something else; an object that is not a number.
        NotImplementedError: ``average=None`` with ``multi_class="ovo"``.

    Warns:
        UndefinedMetricWarning: for each nan in the result.

    Source: see :mod:`byhand.formulas.roc_auc`; Hand & Till (2001) also define ovo; Provost & Domingos,
    Well-trained PETs, 2000, section 6.2 (ovr); McClish, Analyzing a portion of the ROC curve, 1989 (max_fpr).

    >>> roc_auc_score([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    0.75
    >>> roc_auc_score(["ham", "spam", "spam"], [1, 1, 3])
    0.75
    >>> y_score = [[0.6, 0.3, 0.1], [0.2, 0.5, 0.3], [0.3, 0.4, 0.3], [0.1, 0.3, 0.6]]
    >>> roc_auc_score([0, 1, 0, 2], y_score, multi_class="ovr", average=None)
    array([1., 1., 1.])
    """
    of = "roc_auc_score"
    one_of(of, "average", average, ("micro", "macro", "weighted", "samples", None))
    one_of(of, "multi_class", multi_class, ("raise", "ovr", "ovo"))
    if not (max_fpr is None or (isinstance(max_fpr, Real) and 0 < float(max_fpr) <= 1)):
        raise must_be("max_fpr", of, "None or above 0 and at most 1", repr(max_fpr), ValueError)
    limit = 1.0 if max_fpr is None else float(max_fpr)
    values, given = read(y_score, "y_score", of), read(y_true, "y_true", of)
    if sample_weight is None and limit == 1 and (counted := count_at_once(values, given)):
        return _quotient(*counted)
    scores = sortable(values, "y_score", of)
    target = read_target(given, of, scores.device)
    weight = None if sample_weight is None else weights(sample_weight, of).to(scores.device)
    same_length(of, "y_true", len(target.codes), y_score=scores, sample_weight=weight)
    score = partial(_two_classes, limit=limit)
    if target.codes.ndim == 2:
        return over_labels(score, scores, target.equals(1), average, weight)
    if len(target.classes) > 2 or (scores.ndim == 2 and scores.shape[1] > 2):
        if limit < 1:
            raise must_be("max_fpr", of, "None or 1 with more than two classes", max_fpr, ValueError)
        check_probabilities(values, of)
        return over_classes(score, scores, target, labels, multi_class, average, weight)
    return score(column(scores, "y_score", of), target.codes == 1, weight)


def roc_curve(
    y_true: Any,
    y_score: Any,
    *,
    pos_label: Any = None,
    sample_weight: Any = None,
    drop_intermediate: bool | np.bool_ = True,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The ROC curve: the shares of negatives and positives that reach each threshold.

    Args:
        y_true: (n,) labels, as for :func:`roc_auc_score`.
        y_score: (n,) scores, as for :func:`roc_auc_score`.
        pos_label: the positive label; all others are negative. Optional for labels 0 and 1, or −1 and 1.
        sample_weight: (n,) finite weights, by default 1; samples of weight 0 are left out.
        drop_intermediate: leave out points between two equal steps; the curve stays the same.

    Returns:
        float64 arrays ``fpr`` and ``tpr``, the shares of negatives and of positives that score at least the threshold,
        and ``thresholds``, descending from ∞. A share of no samples, 0 / 0, is nan.

    Raises:
        ValueError, TypeError: as for :func:`roc_auc_score`.

    Warns:
        UndefinedMetricWarning: there are no negatives, or no positives.

    Source: Fawcett, An introduction to ROC analysis, 2006, Algorithm 1.

    >>> fpr, tpr, thresholds = roc_curve([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> fpr, tpr
    (array([0. , 0. , 0.5, 0.5, 1. ]), array([0. , 0.5, 0.5, 1. , 1. ]))
    >>> thresholds
    array([ inf, 0.8 , 0.4 , 0.35, 0.1 ])
    """
    of = "roc_curve"
    if not isinstance(drop_intermediate, bool | np.bool_):
        raise must_be("drop_intermediate", of, "a bool", repr(drop_intermediate), ValueError)
    values = read(y_score, "y_score", of)
    scores = column(sortable(values, "y_score", of), "y_score", of)
    target = read_target(y_true, of, scores.device)
    positive = target.equals(positive_label(target, pos_label, of))
    weight = None if sample_weight is None else weights(sample_weight, of).to(scores.device)
    same_length(of, "y_true", len(positive), y_score=scores, sample_weight=weight)
    fps, tps, sample = totals(scores, positive, weight)
    if drop_intermediate:
        kept = corners(fps, tps)
        fps, tps, sample = fps[kept], tps[kept], sample[kept]
    thresholds = floats(values, "y_score", of).reshape(-1)[sample]
    return _rate(fps, "negative"), _rate(tps, "positive"), np.append(np.inf, thresholds.cpu().numpy())


def auc(x: Any, y: Any) -> float:
    """Area under the straight lines that join the points (x, y), by the trapezoidal rule in float64.

    Args:
        x: (n,) numbers, n ≥ 2, monotonic.
        y: (n,) numbers.

    Raises:
        ValueError: ``x`` rises and falls, or an argument is invalid.

    >>> auc([0, 1, 3], [0, 1, 1])
    2.5
    """
    xs = numbers(x, "x", "auc")
    ys = numbers(y, "y", "auc").to(xs.device)
    same_length("auc", "x", len(xs), y=ys)
    if len(xs) < 2:
        raise must_be("x", "auc", "two points or more", len(xs), ValueError)
    falls = bool((xs.diff() < 0).any())
    if falls and not (xs.diff() <= 0).all():
        raise must_be("x", "auc", "nowhere rising or nowhere falling", "numbers that do both", ValueError)
    return twice_area(xs, ys) / (-2 if falls else 2)


def _quotient(won: float, pairs: float) -> float:
    return float(won / pairs) if pairs else _undefined("roc_auc_score", ONE_CLASS)


def _two_classes(scores: Tensor, positive: Tensor, weight: Tensor | None, limit: float) -> float:
    """AUC of two classes, left of the false positive rate ``limit``."""
    given = (scores, positive) if weight is None else (scores, positive, weight)
    if limit == 1 and (weight is None or not (weight < 0).any()):
        won, pairs = (kernels.pick("roc_auc", *given) or count_pairs)(*given)
        if pairs:
            return float(won / pairs)
    if not positive.any() or positive.all():
        return _undefined("roc_auc_score", ONE_CLASS)
    fps, tps, _ = totals(scores, positive, weight)
    x, y = from_origin(fps.double()), from_origin(tps.double())
    n_neg, n_pos = x[-1].item(), y[-1].item()
    if n_neg > 0 and (x.diff() < 0).any():
        raise must_be("sample_weight", "roc_auc_score", "such that no curve turns back", "negative ones", ValueError)
    if n_neg <= 0 or n_pos <= 0:
        return _undefined("roc_auc_score", "has a class without weight, AUC is 0 / 0")
    if limit == 1:
        return twice_area(x, y) / (2 * n_neg * n_pos)
    return standardized_partial_area(x / n_neg, y / n_pos, limit)


def _rate(counts: Tensor, name: str) -> NDArray[np.float64]:
    """The counts divided by the total, which is the last of them; the curve starts at 0."""
    share = from_origin(counts.double()).cpu().numpy()
    return share / (share[-1] if share[-1] > 0 else _undefined("roc_curve", f"has no {name} sample of any weight"))


def _undefined(of: str, why: str) -> float:
    warnings.warn(f"`y_true` of `{of}` {why}: nan.", _category(), stacklevel=4)
    return math.nan


def _category() -> type[UndefinedMetricWarning]:
    """Our warning class; if scikit-learn is loaded, a subclass of both libraries' classes."""
    theirs = getattr(sys.modules.get("sklearn.exceptions"), "UndefinedMetricWarning", None)
    return UndefinedMetricWarning if theirs is None else _both(theirs)


@cache
def _both(theirs: type[Warning]) -> type[UndefinedMetricWarning]:
    name = UndefinedMetricWarning.__name__
    return type(name, (UndefinedMetricWarning, theirs), {"__module__": __name__, "__doc__": theirs.__doc__})
