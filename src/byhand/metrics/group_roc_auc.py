"""GAUC: the mean of ROC AUC within users, queries or other groups."""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand.evaluate import GroupAuc
from byhand.evaluate.groups import WEIGHTINGS
from byhand.metrics._columns import labels_and_scores
from byhand.metrics._inputs import one_of, same_length
from byhand.metrics.roc_auc import UndefinedMetricWarning


def group_roc_auc_score(
    y_true: Any, y_score: Any, groups: Any, *, weighting: str = "rows", pos_label: Any = None
) -> float:
    """The mean of ROC AUC over groups; see :mod:`byhand.formulas.group_roc_auc`.

    Groups with one class only have no AUC and are left out; :class:`byhand.evaluate.GroupAuc` also counts them. Ties
    within a group count half. The result is the same, bit for bit, for any order of rows.

    Args:
        y_true: (n,) labels, as for :func:`byhand.metrics.roc_curve`.
        y_score: (n,) scores; ±∞ are allowed.
        groups: (n,) the group of each row: integers or strings, in any order.
        weighting: ``"rows"``, groups count by their rows (impressions); ``"positives"``, by their positives (clicks);
            ``"groups"``, all the same.
        pos_label: the positive label; optional for labels 0 and 1, or −1 and 1.

    Returns:
        A float; nan if no group has both classes.

    Raises:
        ValueError, TypeError: as for :func:`byhand.metrics.roc_auc_score`; a group that is nan.

    Warns:
        UndefinedMetricWarning: no group has both classes.

    Source: Zhou et al., Deep interest network for click-through rate prediction, 2018.

    >>> y_true, y_score = [0, 1, 1, 1, 0, 1], [1, 2, 1, 3, 4, 5]
    >>> group_roc_auc_score(y_true, y_score, [7, 7, 7, 8, 8, 9])
    0.45
    >>> group_roc_auc_score(y_true, y_score, ["a", "a", "a", "b", "b", "c"], weighting="groups")
    0.375
    """
    of = "group_roc_auc_score"
    one_of(of, "weighting", weighting, WEIGHTINGS)
    positive, (scores,) = labels_and_scores(y_true, of, pos_label=pos_label, y_score=y_score)
    names = _names(groups, of)
    same_length(of, "y_true", len(positive), groups=names)
    state = GroupAuc()
    state.update(names, positive, scores)
    if math.isnan(value := state.mean(weighting)):
        why = "has no group with both classes: nan."
        warnings.warn(f"`groups` of `{of}` {why}", UndefinedMetricWarning, stacklevel=2)
    return value


def _names(groups: Any, of: str) -> NDArray[Any]:
    values = groups.detach().cpu().numpy() if isinstance(groups, Tensor) else np.asarray(groups)
    if values.ndim != 1:
        raise must_be("groups", of, "of shape (n,)", f"shape {values.shape}", ValueError)
    if values.dtype.kind == "f" and np.isnan(values).any():
        raise must_be("groups", of, "free of nan", f"{int(np.isnan(values).sum())} nan", ValueError)
    if values.dtype.kind == "O":
        missing = next((x for x in values if x is None or x != x), 0)
        if missing != 0:
            raise must_be("groups", of, "free of missing values", repr(missing), ValueError)
        return values.astype(str) if all(isinstance(x, str) for x in values) else values
    return values
