"""roc_auc_score beside scikit-learn's, two classes: the same expression line under line."""

import inspect

import numpy as np
import pytest
import sklearn.metrics
import torch
from sklearn.exceptions import UndefinedMetricWarning as TheirWarning

import byhand
from byhand import metrics

Y = np.array([0, 1, 1, 0, 1, 0, 0, 1])
S = np.array([0.1, 0.4, 0.35, 0.8, 0.8, 0.35, 0.2, 0.9])
W = np.array([1.0, 0.5, 2.0, 0.0, 0.25, 3.0, 1.5, 0.7])


def test_the_arguments_and_their_defaults_are_the_same():
    for name in ("roc_auc_score", "roc_curve", "auc"):
        ours = inspect.signature(getattr(metrics, name)).parameters.values()
        theirs = inspect.signature(getattr(sklearn.metrics, name)).parameters.values()
        assert [(p.name, p.kind, p.default) for p in ours] == [(p.name, p.kind, p.default) for p in theirs]


@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples", None])
def test_binary_whatever_the_average(average, close):
    ours = metrics.roc_auc_score(Y, S, average=average)
    theirs = sklearn.metrics.roc_auc_score(Y, S, average=average)
    assert close(ours, theirs)


@pytest.mark.parametrize("weight", [W, W.astype(np.float32), W > 0.6, (W * 4).astype(int), W[:, None], list(W)])
@pytest.mark.parametrize("max_fpr", [None, 0.3])
def test_binary_with_weights(weight, max_fpr, close):
    ours = metrics.roc_auc_score(Y, S, sample_weight=weight, max_fpr=max_fpr)
    theirs = sklearn.metrics.roc_auc_score(Y, S, sample_weight=weight, max_fpr=max_fpr)
    assert close(ours, theirs)


@pytest.mark.parametrize("scale", [1e-300, 1e-160, 1e160, 1e300])
def test_only_ratios_of_weights_matter(scale, close):
    ours = metrics.roc_auc_score(Y, S, sample_weight=scale * W)
    theirs = sklearn.metrics.roc_auc_score(Y, S, sample_weight=scale * W)
    assert close(ours, theirs)


@pytest.mark.parametrize("sign", [[-0.5, 1, 1, 1, 1, 1, 1, 1], [1, -0.5, 1, 1, 1, 1, 1, 1], [-1.0] * 8])
def test_negative_weights_go_where_theirs_go(sign):
    calls = [lambda m: m.roc_auc_score(Y, -S, sample_weight=sign), lambda m: m.roc_auc_score(Y, S, sample_weight=sign)]
    for call in calls:
        assert outcome(call, metrics) == outcome(call, sklearn.metrics)


def outcome(call, module):
    """The rounded result, or the name of what it warned or raised."""
    kinds = (metrics.UndefinedMetricWarning, TheirWarning, ValueError)
    try:
        return round(call(module), 12)
    except kinds as caught:
        return type(caught).__name__


@pytest.mark.parametrize("max_fpr", [1e-9, 0.1, 0.25, 1 / 3, 0.5, 0.75, 0.999, 1, 1.0, True, np.float32(0.5)])
def test_partial_area(max_fpr, close):
    ours = metrics.roc_auc_score(Y, S, max_fpr=max_fpr)
    theirs = float(sklearn.metrics.roc_auc_score(Y, S, max_fpr=float(max_fpr)))
    assert close(ours, theirs)


def test_a_million():
    rng = np.random.default_rng(0)
    y_true = rng.integers(0, 2, 10**6)
    y_score = rng.normal(size=10**6) + y_true
    ours = metrics.roc_auc_score(y_true, y_score)
    theirs = sklearn.metrics.roc_auc_score(y_true, y_score)
    np.testing.assert_allclose(ours, theirs, rtol=1e-12)  # theirs adds a million rounded rates


def test_a_kernel_gets_the_tensor_itself(monkeypatch):
    seen = []

    def kernel(scores, positive, weight=None):
        seen.append((scores, positive))
        return 1, 4

    monkeypatch.setattr(byhand.kernels, "pick", lambda name, *tensors: kernel if name == "roc_auc" else None)
    y_score = torch.tensor(S)
    assert metrics.roc_auc_score(Y, y_score) == 0.25
    assert metrics.roc_auc_score(Y, y_score, max_fpr=1) == 0.25
    assert metrics.roc_auc_score(Y, y_score, sample_weight=W) == 0.25
    assert metrics.roc_auc_score(Y, y_score, sample_weight=W, max_fpr=0.5) != 0.25
    assert len(seen) == 3
    assert seen[0][0].data_ptr() == y_score.data_ptr()
    assert seen[0][1].data_ptr() == Y.__array_interface__["data"][0]
    assert seen[2][1].tolist() == (Y == 1).tolist()


def test_the_backend_can_be_chosen():
    with byhand.backend("formula"):
        assert metrics.roc_auc_score(Y, S) == metrics.roc_auc_score(Y, S)
