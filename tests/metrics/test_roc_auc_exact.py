"""What scikit-learn does not promise: the same bits for any order, any monotone scale, any way of counting."""

from fractions import Fraction

import numpy as np
import pytest
import sklearn.metrics
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand import formulas, metrics
from byhand.metrics.roc_auc import count_pairs

few = settings(max_examples=60, deadline=None)
finite = st.floats(-1e6, 1e6, allow_subnormal=True) | st.sampled_from([0.0, -0.0, 0.5, 1.0, 5e-324])
sample = st.tuples(st.integers(0, 1), finite | st.sampled_from([float("inf"), float("-inf")]))
samples = st.lists(sample, min_size=2, max_size=40).filter(lambda rows: len({y for y, _ in rows}) == 2)


def unzip(rows):
    y, s = zip(*rows, strict=True)
    return np.array(y), np.array(s)


def by_pairs(y, s, w=None):
    """AUC pair by pair, in fractions, rounded once at the end."""
    w = [1] * len(y) if w is None else w
    won = all_pairs = Fraction(0)
    for i in np.flatnonzero(y == 1):
        for j in np.flatnonzero(y == 0):
            pair = Fraction(w[i]) * Fraction(w[j])
            all_pairs += pair
            won += pair if s[i] > s[j] else pair / 2 if s[i] == s[j] else 0
    return float(won / all_pairs)


@few
@given(samples)
def test_equals_the_count_of_pairs(rows):
    y, s = unzip(rows)
    assert metrics.roc_auc_score(y, s) == by_pairs(y, s)


@few
@given(samples)
def test_equals_the_formula(rows):
    y, s = unzip(rows)
    assert metrics.roc_auc_score(y, s) == formulas.roc_auc(torch.tensor(s), torch.tensor(y == 1)).item()


@few
@given(samples, st.randoms(use_true_random=False))
def test_the_order_of_samples_does_not_matter(rows, random):
    shuffled = random.sample(rows, len(rows))
    assert metrics.roc_auc_score(*unzip(rows)) == metrics.roc_auc_score(*unzip(shuffled))


@few
@given(samples)
def test_only_the_order_of_scores_matters(rows):
    y, s = unzip(rows)
    rank = np.unique(s, return_inverse=True)[1]
    for scores in (4.0 * s, rank, rank.astype(np.uint8), rank**3 + 2**60, torch.tensor(rank).bfloat16()):
        assert metrics.roc_auc_score(y, s) == metrics.roc_auc_score(y, scores)


@few
@given(samples)
def test_opposite_scores_have_the_opposite_auc(rows):
    y, s = unzip(rows)
    for options in ({}, {"sample_weight": np.arange(1, len(y) + 1)}):
        both = metrics.roc_auc_score(y, s, **options) + metrics.roc_auc_score(y, -s, **options)
        assert abs(both - 1) <= np.finfo(float).eps
    assert metrics.roc_auc_score(1 - y, -s) == metrics.roc_auc_score(y, s)


@few
@given(samples, st.data())
def test_a_whole_weight_is_a_repetition(rows, data):
    y, s = unzip(rows)
    w = data.draw(st.lists(st.integers(0, 5), min_size=len(y), max_size=len(y)))
    w[int(y.argmax())] = w[int(y.argmin())] = 1
    ours = metrics.roc_auc_score(y, s, sample_weight=w)
    assert ours == metrics.roc_auc_score(np.repeat(y, w), np.repeat(s, w))
    assert ours == by_pairs(y, s, w)


@few
@given(samples, st.data())
def test_weights_agree_with_pairs_and_with_scikit_learn(rows, data):
    y, s = unzip(rows)
    s = s.clip(-1e300, 1e300)
    w = data.draw(st.lists(st.floats(0.01, 100), min_size=len(y), max_size=len(y)))
    ours = metrics.roc_auc_score(y, s, sample_weight=w)
    theirs = sklearn.metrics.roc_auc_score(y, s, sample_weight=w)
    rounding = len(y) * np.finfo(float).eps  # an ulp of 1 for each sum on the way
    np.testing.assert_allclose(ours, by_pairs(y, s, w), rtol=0, atol=rounding)
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=2 * rounding)


@few
@given(samples)
def test_the_area_under_the_curve_is_the_score(rows):
    y, s = unzip(rows)
    fpr, tpr, thresholds = metrics.roc_curve(y, s)
    assert abs(metrics.auc(fpr, tpr) - metrics.roc_auc_score(y, s)) <= len(y) * np.finfo(float).eps
    assert [np.mean(s[y == 1] >= t) for t in thresholds[1:]] == tpr[1:].tolist()
    assert [np.mean(s[y == 0] >= t) for t in thresholds[1:]] == fpr[1:].tolist()


def test_a_tie_is_half():
    assert metrics.roc_auc_score([0, 1], [0.0, -0.0]) == 0.5
    assert metrics.roc_auc_score([0, 1], [np.inf, np.inf]) == 0.5
    assert metrics.roc_auc_score([0, 1, 1], [-np.inf, -np.inf, np.inf]) == 0.75


@pytest.mark.parametrize("dtype", [np.int64, np.uint64, np.longdouble])
def test_neighbours_that_float64_merges(dtype):
    y_score = np.array([2**53, 2**53 + 1], dtype=dtype)
    assert metrics.roc_auc_score([0, 1], y_score) == 1
    assert sklearn.metrics.roc_auc_score([0, 1], y_score) == 1


@pytest.mark.parametrize(
    ("scores", "positive", "pairs"), [([], [], (0, 0)), ([3], [1], (0, 0)), ([3, 3], [0, 1], (1, 2))]
)
def test_count_pairs_of_hardly_any(scores, positive, pairs):
    assert count_pairs(torch.tensor(scores), torch.tensor(positive).bool()) == pairs


def test_count_pairs_beyond_float64():
    n = 2 * 10**5
    scores = torch.arange(n)
    positive = scores % 2 == 0
    half = n // 2
    assert count_pairs(scores, positive) == (half * (half - 1), 2 * half * half)
