"""How sure an AUC is, and whether one model's is higher than another's: DeLong's standard error and test."""

from __future__ import annotations

from typing import Any

from byhand._check import must_be
from byhand.evaluate import Comparison, DeLong, Ranking, compare_delong
from byhand.metrics._columns import labels_and_scores


def delong_interval(y_true: Any, y_score: Any, *, confidence: float = 0.95, pos_label: Any = None) -> DeLong:
    """AUC, its standard error, and a confidence interval; see :mod:`byhand.formulas.delong`.

    It takes O(n log n), and no sum overflows for any n.

    Args:
        y_true: (n,) labels, as for :func:`byhand.metrics.roc_curve`.
        y_score: (n,) scores; ±∞ are allowed.
        confidence: of the interval, between 0 and 1.
        pos_label: the positive label; optional for labels 0 and 1, or −1 and 1.

    Returns:
        ``auc``, ``standard_error``, ``lower``, ``upper`` and ``confidence``; nan where a class has less than two rows.
        The interval is auc ± z · standard_error, cut at 0 and 1.

    Raises:
        ValueError, TypeError: as for :func:`byhand.metrics.roc_auc_score`.

    Source: DeLong, DeLong & Clarke-Pearson, Comparing the areas under two or more correlated ROC curves, 1988.

    >>> found = delong_interval([0, 0, 0, 1, 1], [0.1, 0.4, 0.6, 0.35, 0.8])
    >>> round(found.auc, 4), round(found.standard_error, 4)
    (0.6667, 0.3727)
    """
    _check(confidence, "delong_interval")
    positive, (scores,) = labels_and_scores(y_true, "delong_interval", pos_label=pos_label, y_score=y_score)
    ranking = Ranking(memory=max(8 << 20, scores.nbytes))  # all rows are kept
    ranking.update(positive, scores)
    return ranking.delong(confidence)


def delong_test(
    y_true: Any, y_score_a: Any, y_score_b: Any, *, confidence: float = 0.95, pos_label: Any = None
) -> Comparison:
    """AUC of model A minus AUC of model B on the same rows, its interval, and the test that there is no difference.

    Args:
        y_true: (n,) labels, as for :func:`byhand.metrics.roc_curve`.
        y_score_a: (n,) scores of model A.
        y_score_b: (n,) scores of model B on the same rows.
        confidence: of the interval, between 0 and 1.
        pos_label: the positive label; optional for labels 0 and 1, or −1 and 1.

    Returns:
        ``difference``, ``standard_error``, ``lower``, ``upper``, ``z``, ``p_value`` (two-sided) and ``confidence``; nan
        where a class has less than two rows.

    Raises:
        ValueError, TypeError: as for :func:`byhand.metrics.roc_auc_score`.

    Source: DeLong, DeLong & Clarke-Pearson, 1988; Sun & Xu, Fast implementation of DeLong's algorithm, 2014.

    >>> a, b = [0.1, 0.4, 0.6, 0.35, 0.8], [0.3, 0.1, 0.2, 0.35, 0.25]
    >>> found = delong_test([0, 0, 0, 1, 1], a, b)
    >>> round(found.difference, 4), round(found.p_value, 4)
    (-0.1667, 0.7815)
    """
    _check(confidence, "delong_test")
    of = "delong_test"
    positive, (a, b) = labels_and_scores(y_true, of, pos_label=pos_label, y_score_a=y_score_a, y_score_b=y_score_b)
    return compare_delong(positive, a, b, confidence=confidence)


def _check(confidence: float, of: str) -> None:
    if not 0 < confidence < 1:
        raise must_be("confidence", of, "between 0 and 1", confidence, ValueError)
