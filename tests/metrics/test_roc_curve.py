"""roc_curve and auc beside scikit-learn's, the same expression line under line."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.metrics
import torch
from sklearn.exceptions import UndefinedMetricWarning as TheirWarning

from byhand import metrics

RNG = np.random.default_rng(1)
Y = RNG.integers(0, 2, 50)
S = (RNG.normal(size=50) + Y).round(1)
W = RNG.random(50)


def equal(ours, theirs):
    """The same bits, nan equal to nan, in float64 arrays."""
    assert [a.dtype for a in ours] == [np.float64] * 3
    for a, b in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(a, b)
    return True


@pytest.mark.parametrize("drop_intermediate", [True, False, np.True_])
@pytest.mark.parametrize("weight", [None, W, W > 0.5, (W * 3).astype(int), W.astype(np.float32)])
def test_curve(weight, drop_intermediate):
    ours = metrics.roc_curve(Y, S, sample_weight=weight, drop_intermediate=drop_intermediate)
    theirs = sklearn.metrics.roc_curve(Y, S, sample_weight=weight, drop_intermediate=drop_intermediate)
    assert equal(ours, theirs)


@pytest.mark.parametrize(
    "y_true", [Y, Y == 1, 2 * Y - 1, Y * 1.0, Y.tolist(), Y[:, None], torch.tensor(Y), pl.Series(Y)]
)
@pytest.mark.parametrize("pos_label", [None, 1, True, 1.0, np.int64(1)])
def test_kinds_of_y_true(y_true, pos_label):
    ours = metrics.roc_curve(y_true, S, pos_label=pos_label)
    theirs = sklearn.metrics.roc_curve(y_true, S, pos_label=pos_label)
    assert equal(ours, theirs)


@pytest.mark.parametrize(
    "y_score",
    [
        S.tolist(),
        S[:, None],
        S.astype(np.float16),
        S.astype(np.float32),
        S.astype(np.longdouble),
        S.astype(int),
        S.astype(int).astype(np.uint64) + np.uint64(2**63),
        S > 0,
        S.astype(object),
        torch.tensor(S),
        pd.Series(S),
        pl.Series(S),
    ],
)
def test_kinds_of_y_score(y_score):
    ours = metrics.roc_curve(Y, y_score)
    theirs = sklearn.metrics.roc_curve(Y, y_score)
    assert equal(ours, theirs)


@pytest.mark.parametrize("pos_label", ["b", "a", np.str_("b")])
def test_strings(pos_label):
    y_true = np.array(["a", "b"])[Y]
    ours = metrics.roc_curve(y_true, S, pos_label=pos_label)
    theirs = sklearn.metrics.roc_curve(y_true, S, pos_label=pos_label)
    assert equal(ours, theirs)


def test_more_than_two_classes_with_a_positive_one():
    ours = metrics.roc_curve(Y + (S > 1), S, pos_label=2)
    theirs = sklearn.metrics.roc_curve(Y + (S > 1), S, pos_label=2)
    assert equal(ours, theirs)


def test_scores_of_a_network():
    y_score = torch.tensor(S, dtype=torch.bfloat16, requires_grad=True)
    ours = metrics.roc_curve(torch.tensor(Y), y_score)
    theirs = sklearn.metrics.roc_curve(Y, y_score.detach().double())
    assert equal(ours, theirs)


UNDEFINED = {
    "no positives": lambda m: m.roc_curve([0, 0, 0], [0.3, 0.2, 0.1]),
    "no negatives": lambda m: m.roc_curve([1, 1, 1], [0.3, 0.2, 0.1]),
    "one sample": lambda m: m.roc_curve([1], [0.3]),
    "another positive label": lambda m: m.roc_curve(Y, S, pos_label=2),
    "another kind of positive label": lambda m: m.roc_curve(Y, S, pos_label="b"),
    "nan as positive label": lambda m: m.roc_curve(Y, S, pos_label=float("nan")),
    "no weight for positives": lambda m: m.roc_curve([0, 1, 0], [0.3, 0.2, 0.1], sample_weight=[1, 0, 1]),
    "no weight for negatives": lambda m: m.roc_curve([0, 1, 0], [0.3, 0.2, 0.1], sample_weight=[0, 1, 0]),
    "negative weights": lambda m: m.roc_curve([0, 1, 0], [0.3, 0.2, 0.1], sample_weight=[-1, 1, 1]),
}


@pytest.mark.parametrize("case", UNDEFINED)
def test_undefined(case):
    with pytest.warns(metrics.UndefinedMetricWarning, match=r"`y_true` of `roc_curve` has no (posi|nega)tive sample"):
        ours = UNDEFINED[case](metrics)
    with pytest.warns(TheirWarning):
        theirs = UNDEFINED[case](sklearn.metrics)
    assert equal(ours, theirs)


def test_infinite_scores():
    fpr, tpr, thresholds = metrics.roc_curve([0, 1, 0, 1], [-np.inf, np.inf, 0, np.inf], drop_intermediate=False)
    assert fpr.tolist() == [0, 0, 0.5, 1]
    assert tpr.tolist() == [0, 1, 1, 1]
    assert thresholds.tolist() == [np.inf, np.inf, 0, -np.inf]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        ([0, 1], [0, 1]),
        ([1, 0], [0, 1]),
        ([0, 0, 2], [1, 2, 3]),
        ([0, 0], [1, 2]),
        ([0.0, np.nan], [1, 1]),
        ([np.inf, 0], [1, 1]),
        ([0, 1], [True, False]),
        ([[0], [1]], np.array([0, 1], dtype=np.float32)),
        (torch.tensor([0.0, 1.0]), pd.Series([1, 2])),
        (pl.Series([0.0, 1.0]), (1, 2)),
        (np.sort(W), W),
        (np.sort(W)[::-1], W),
    ],
)
def test_auc(x, y):
    ours = metrics.auc(x, y)
    theirs = sklearn.metrics.auc(x, y)
    assert type(ours) is float
    np.testing.assert_allclose(ours, theirs, rtol=1e-14)
