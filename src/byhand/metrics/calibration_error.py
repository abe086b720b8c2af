"""Expected calibration error: how far predicted probabilities are from frequencies."""

from __future__ import annotations

from typing import Any

import numpy as np

from byhand._check import must_be
from byhand.evaluate import BadRow, Probabilities
from byhand.metrics._columns import labels_and_scores
from byhand.metrics._inputs import numbers, same_length


def calibration_error(
    y_true: Any, y_prob: Any, *, n_bins: int = 15, sample_weight: Any = None, pos_label: Any = None
) -> float:
    """The mean distance of frequency and mean probability over bins; see :mod:`byhand.formulas.calibration_error`.

    :class:`byhand.evaluate.Probabilities` adds batches, and has the table and its intervals.

    Args:
        y_true: (n,) labels, as for :func:`byhand.metrics.roc_curve`.
        y_prob: (n,) probabilities of the positive label.
        n_bins: bins of equal width from 0 to 1.
        sample_weight: (n,) finite weights, at least 0, by default 1; multiples of 2⁻²⁰ of the largest are exact.
        pos_label: the positive label; optional for labels 0 and 1, or −1 and 1.

    Raises:
        ValueError, TypeError: as for :func:`byhand.metrics.roc_auc_score`; a probability outside of 0 to 1.

    Source: Naeini, Cooper & Hauskrecht, Obtaining well calibrated probabilities using Bayesian binning, 2015.

    >>> calibration_error([0, 1, 1], [0.25, 0.5, 1.0], n_bins=2)
    0.25
    """
    of = "calibration_error"
    if not (isinstance(n_bins, int) and n_bins >= 1):
        raise must_be("n_bins", of, "a whole number, at least 1", repr(n_bins), ValueError)
    positive, (p,) = labels_and_scores(y_true, of, pos_label=pos_label, y_prob=y_prob)
    weight = None if sample_weight is None else numbers(sample_weight, "sample_weight", of).cpu().numpy()
    same_length(of, "y_true", len(positive), sample_weight=weight)
    if weight is not None and weight.max() > 0:
        weight = np.ldexp(weight, -np.frexp(weight.max())[1])  # exact, and changes no ratio
    state = Probabilities(bins=n_bins)
    try:
        state.update(positive, p, weight)
    except BadRow as bad:
        argument = {"scores": "y_prob", "weights": "sample_weight"}.get(bad.argument, bad.argument)
        raise must_be(argument, of, bad.requirement, f"{bad.value} in row {bad.row}", ValueError) from None
    return state.calibration_error().value
