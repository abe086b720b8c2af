"""Curves are thinned within their tolerance, and parts of them are exact or within bounds."""

import numpy as np
import pytest
import sklearn.metrics

from byhand import metrics
from byhand.evaluate import Ranking
from prediction_logs import log


def of(y, s, memory=1 << 20):
    state = Ranking(memory=memory)
    state.update(y, s)
    return state


CASES = [*((dtype, 1 << 20) for dtype in ("float16", "float32", "float64", "int16")), ("float64", 1 << 15)]


@pytest.mark.parametrize(("dtype", "memory"), CASES)
@pytest.mark.parametrize("tolerance", [1e-3, 0.05])
def test_the_roc_curve_is_off_by_no_more_than_it_says(dtype, memory, tolerance):
    y, s = log(20_000, dtype)
    curve = of(y, s, memory).roc_curve(tolerance)
    fpr, tpr, _ = metrics.roc_curve(y, s, drop_intermediate=False)
    assert (curve.x[0], curve.y[0], curve.x[-1], curve.y[-1], curve.thresholds[0]) == (0, 0, 1, 1, np.inf)
    assert len(curve.x) < 5 / tolerance
    for x, y_, t in list(zip(*curve[:3], strict=True))[:: 1 + len(curve.x) // 200]:  # points are on the curve
        assert ((s[y] >= t).mean(), (s[~y] >= t).mean()) == pytest.approx((y_, x), abs=1e-12)
    low = np.maximum(np.searchsorted(curve.x, fpr, "right") - 1, 0)
    high = np.minimum(np.searchsorted(curve.x, fpr, "left"), len(curve.x) - 1)
    assert (tpr >= np.minimum(curve.y[low], curve.y[np.maximum(high - 1, 0)]) - curve.tolerance).all()
    inner = np.interp(fpr, curve.x + np.arange(len(curve.x)) * 1e-13, curve.y)
    steep = np.isin(fpr, curve.x)
    assert (abs(inner - tpr)[~steep] <= curve.tolerance + 1e-9).all()
    assert curve.tolerance <= max(tolerance, 0.05)


@pytest.mark.parametrize("memory", [1 << 20, 1 << 16])
def test_points_of_the_pr_curve_are_close_enough(memory):
    y, s = log(20_000, "float32")
    curve = of(y, s, memory).pr_curve(0.01)
    precision, _, thresholds = sklearn.metrics.precision_recall_curve(y, s)
    for x, y_, t in list(zip(*curve[:3], strict=True))[::20]:
        assert (y[s >= t].mean(), (s[y] >= t).mean()) == pytest.approx((y_, x), abs=1e-12)
    at = np.searchsorted(-curve.thresholds, -thresholds)  # the kept points at or below, and above, each threshold
    low, high = np.minimum(at, len(curve.y) - 1), np.maximum(at - 1, 0)
    off = np.minimum(abs(curve.y[low] - precision[:-1]), abs(curve.y[high] - precision[:-1]))
    assert off.max() <= curve.tolerance
    assert len(curve.x) < 3000


@pytest.mark.parametrize("max_fpr", [0.001, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("dtype", ["float32", "int16"])
def test_partial_auc(max_fpr, dtype):
    y, s = log(5000, dtype)
    expected = sklearn.metrics.roc_auc_score(y, s, max_fpr=max_fpr)
    found = of(y, s).partial_auc(max_fpr)
    assert found.exact
    assert found.value == pytest.approx(expected, rel=1e-12)
    value, lower, upper = of(y, s, 1 << 13).partial_auc(max_fpr)
    assert lower - 1e-12 <= expected <= upper + 1e-12
    assert lower <= value <= upper


def test_average_precision_has_bounds():
    y, s = log(20_000, "float64")
    expected = sklearn.metrics.average_precision_score(y, s)
    assert of(y, s).average_precision().value == pytest.approx(expected, rel=1e-13)
    _, lower, upper = of(y, s, 1 << 15).average_precision()
    assert lower < expected < upper
    assert upper - lower < 0.02


def test_quantiles_cut_into_parts_of_about_the_same_size():
    y, s = log(50_000, "float64")
    edges = of(y, s).quantile_edges(10)
    shares = np.diff(np.searchsorted(np.sort(s), edges), prepend=0, append=len(s)) / len(s)
    assert len(edges) == 9
    assert abs(shares - 0.1).max() < 0.02
    assert len(of(y, np.zeros(50_000)).quantile_edges(10)) == 1


def test_nothing_to_draw():
    for state in (Ranking(), of(np.ones(2, bool), np.arange(2.0))):
        assert len(state.roc_curve().x) == 0
        assert np.isnan(state.partial_auc(0.5).value)
    with pytest.raises(ValueError, match=r"`max_fpr` of `partial_auc` must be above 0 and at most 1, got 0\."):
        Ranking().partial_auc(0)
    with pytest.raises(ValueError, match="`tolerance` of `roc_curve` must be above 0"):
        Ranking().roc_curve(0)
