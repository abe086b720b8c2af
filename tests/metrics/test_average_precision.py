import numpy as np
import pytest
import sklearn.metrics
import torch

from byhand.metrics import UndefinedMetricWarning, average_precision_score

rng = np.random.default_rng(0)
Y, S, W = rng.random(300) < 0.3, rng.integers(0, 40, 300) / 40, rng.random(300)


@pytest.mark.parametrize("weight", [None, W])
@pytest.mark.parametrize("convert", [np.asarray, torch.as_tensor, list])
def test_two_classes(convert, weight):
    theirs = sklearn.metrics.average_precision_score(Y, S, sample_weight=weight)
    assert average_precision_score(convert(Y), convert(S), sample_weight=weight) == pytest.approx(theirs, rel=1e-13)


@pytest.mark.parametrize("average", ["micro", "macro", "weighted", "samples", None])
def test_several_labels(average):
    y, s = rng.random((50, 4)) < 0.5, rng.random((50, 4))
    y[:, 0] |= ~y.any(1)
    theirs = sklearn.metrics.average_precision_score(y, s, average=average)
    assert average_precision_score(y, s, average=average) == pytest.approx(theirs, rel=1e-13)


def test_a_named_positive_label_and_infinite_scores():
    assert average_precision_score(["a", "b"], [1.0, np.inf], pos_label="b") == 1
    assert average_precision_score(["a", "b"], [1.0, np.inf], pos_label="a") == 0.5


def test_errors():
    with pytest.warns(UndefinedMetricWarning, match="has no positive sample"):
        assert np.isnan(average_precision_score([0, 0], [1.0, 2.0]))
    with pytest.raises(ValueError, match="`y_score` of `average_precision_score` must be free of nan, got 1 nan"):
        average_precision_score([0, 1], [1.0, np.nan])
    with pytest.raises(ValueError, match="`sample_weight` of `average_precision_score` must be at least 0"):
        average_precision_score([0, 1], [1.0, 2.0], sample_weight=[1, -1])
