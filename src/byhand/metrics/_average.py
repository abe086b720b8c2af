"""Averages of a two-class metric over labels, classes and pairs of classes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from byhand._check import must_be
from byhand._shapes import Bool, Float, Int, Shaped
from byhand.metrics._inputs import floats, one_of
from byhand.metrics._targets import Target, read_target, some

Score = Callable[[Tensor, Tensor, Tensor | None], float]
"""A metric of two classes: a function of n scores, n bools, and n weights or None."""


def over_labels(
    score: Score,
    scores: Shaped[Tensor, "n *k"],
    positive: Bool[Tensor, "n labels"],
    average: str | None,
    weight: Float[Tensor, "n"] | None,
    of: str = "roc_auc_score",
) -> float | NDArray[np.float64]:
    """The average over k labels, or over n rows with ``"samples"``; None returns the k numbers."""
    if scores.shape != positive.shape:
        shape, got = tuple(positive.shape), f"shape {tuple(scores.shape)}"
        raise must_be("y_score", of, f"of the shape of `y_true`, {shape}", got, ValueError)
    if average == "micro":
        each = None if weight is None else weight.repeat_interleave(positive.shape[1])
        return score(scores.reshape(-1), positive.reshape(-1), each)
    share = None
    if average == "weighted":
        share = positive.double().sum(0) if weight is None else weight @ positive.double()
        if share.sum() == 0:
            return 0.0  # as in scikit-learn: no label is ever true
    elif average == "samples":
        scores, positive, share, weight = scores.T, positive.T, weight, None
    values = np.array([score(scores[:, k], positive[:, k], weight) for k in range(scores.shape[1])])
    if average is None:
        return values
    if share is None:
        return float(values.mean())
    shares = share.cpu().numpy()
    values[shares == 0] = 0  # a nan of weight 0 does not count
    return float(np.average(values, weights=shares))


def over_classes(
    score: Score,
    scores: Shaped[Tensor, "n k"],
    target: Target,
    labels: Any,
    multi_class: str,
    average: str | None,
    weight: Float[Tensor, "n"] | None,
) -> float | NDArray[np.float64]:
    """The average over k classes, each against the rest (``"ovr"``), or over their pairs (``"ovo"``).

    Raises:
        ValueError: ``multi_class`` is neither, or is incompatible with ``average`` or ``weight``; or ``labels`` are not
            k ascending ones, or lack one of ``y_true``.
        NotImplementedError: ``average=None`` with ``"ovo"``.
    """
    of = "roc_auc_score"
    many = " with more than two classes"
    one_of(of, "multi_class", multi_class, ("ovr", "ovo"), many)
    if multi_class == "ovr":
        one_of(of, "average", average, ("micro", "macro", "weighted", None), many)
        codes = _columns(target, labels, scores.shape[1], of)
        positive = codes[:, None] == torch.arange(scores.shape[1], device=codes.device)
        return over_labels(score, scores, positive, average, weight)
    error = NotImplementedError if average is None else ValueError
    one_of(of, "average", average, ("macro", "weighted"), " with multi_class='ovo'", error)
    if weight is not None:
        raise must_be("sample_weight", of, "None with multi_class='ovo'", "weights", ValueError)
    return _over_pairs(score, scores, _columns(target, labels, scores.shape[1], of), average == "weighted")


def _over_pairs(score: Score, scores: Shaped[Tensor, "n k"], codes: Int[Tensor, "n"], weighted: bool) -> float:
    """The mean over all pairs of the classes present, or the mean weighted by the samples of each pair.

    Source: Hand & Till, A simple generalisation of the area under the ROC curve, 2001: the measure M.
    """
    rows = [scores[codes == k] for k in range(scores.shape[1])]
    pairs = list(combinations([k for k, row in enumerate(rows) if len(row)], 2))
    if not pairs:
        return score(scores[:, 0], codes == codes[0], None)  # one class: nan with its warning

    def separates(a: int, b: int) -> float:
        """AUC of column a for class a against class b."""
        column = torch.cat([rows[a][:, a], rows[b][:, a]])
        return score(column, torch.arange(len(column), device=column.device) < len(rows[a]), None)

    values = [(separates(a, b) + separates(b, a)) / 2 for a, b in pairs]
    sizes = [len(rows[a]) + len(rows[b]) if weighted else 1 for a, b in pairs]
    return float(np.average(values, weights=sizes))


def check_probabilities(values: Tensor | NDArray[Any], of: str) -> None:
    """Raise a ValueError unless ``y_score`` is a matrix whose rows sum to 1."""
    rows = floats(values, "y_score", of)
    if rows.ndim != 2:
        raise must_be("y_score", of, "of shape (n, classes)", f"shape {tuple(rows.shape)}", ValueError)
    tolerance = 1e-5
    if isinstance(values, Tensor) and values.is_floating_point():
        tolerance = max(tolerance, torch.finfo(values.dtype).eps)  # 16-bit rounding
    sums = rows.sum(1)
    off = ~((sums - 1).abs() <= tolerance)  # also true for nan
    if off.any():
        got = f"a row that sums to {sums[off][0].item()}"
        raise must_be("y_score", of, "probabilities that sum to 1 in each row", got, ValueError)


def _columns(target: Target, labels: Any, k: int, of: str) -> Int[Tensor, "n"]:
    """For each sample, the column of its class among the k columns of ``y_score``."""
    if labels is None:
        if len(target.classes) != k:
            got = f"{k} columns for {len(target.classes)} classes"
            raise must_be("y_score", of, "one column a class of `y_true`, or `labels` be given", got, ValueError)
        return target.codes
    order = read_target(labels, of, target.codes.device, "labels")
    if order.codes.tolist() != list(range(k)):
        raise must_be("labels", of, f"{k} labels, ascending, one a column of `y_score`", labels, ValueError)
    unknown = [label for label in target.classes if label not in order.classes]
    if unknown:
        raise must_be("labels", of, "all the classes in `y_true`, or more", f"no {some(unknown)}", ValueError)
    column = [order.classes.index(label) for label in target.classes]
    return torch.tensor(column, device=target.codes.device)[target.codes.long()]
