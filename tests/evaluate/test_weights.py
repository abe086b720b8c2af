"""Weights: whole numbers exactly, others within bounds; and 10⁹ rows and more by weights of counts."""

from fractions import Fraction

import numpy as np
import pytest
import sklearn.metrics

from byhand.evaluate import Ranking
from prediction_logs import exact_auc, log


@pytest.mark.parametrize("memory", [1 << 20, 1 << 14])
def test_whole_numbers_are_rows(memory):
    y, s = log(3000, "float32")
    s = np.round(s, 2)
    w = np.random.default_rng(1).integers(0, 5, len(y))
    weighted, repeated = Ranking(memory=memory), Ranking(memory=memory)
    weighted.update(y, s, w)
    repeated.update(np.repeat(y, w), np.repeat(s, w))
    assert weighted.auc() == repeated.auc()
    assert weighted.auc().exact
    assert weighted.delong().standard_error == pytest.approx(repeated.delong().standard_error, rel=1e-13)
    assert weighted.average_precision().value == pytest.approx(repeated.average_precision().value, rel=1e-13)


def test_fractions_of_the_unit_are_exact_and_others_within_the_bounds():
    y, s = log(400, "float64")
    s, rng = np.round(s, 1), np.random.default_rng(1)
    exact, rounded = Ranking(), Ranking()
    w = rng.integers(1, 1 << 20, 400) / 2**18
    exact.update(y, s, w)
    assert exact.auc() == (exact_auc(y, s, w),) * 3
    w = rng.random(400)
    rounded.update(y, s, w)
    value, lower, upper = rounded.auc()
    assert lower < exact_auc(y, s, w) < upper
    assert upper - lower < 1e-5
    assert value == pytest.approx(sklearn.metrics.roc_auc_score(y, s, sample_weight=w), abs=1e-6)
    with pytest.raises(ValueError, match="`weights` of `delong` must be whole numbers of rows"):
        rounded.delong()


def test_the_bytes_do_not_depend_on_the_order_of_weights():
    y, s = log(500, "float64")
    s, w = np.round(s, 1), np.random.default_rng(1).integers(1, 9, 500)
    one, other = Ranking(), Ranking()
    one.update(y, s, w)
    other.update(y[::-1], s[::-1], w[::-1])
    assert one.to_bytes() == other.to_bytes()


@pytest.mark.parametrize("million", [1, 1000, 100_000])
def test_a_hundred_billion_rows_overflow_nothing(million):
    """A thousand scores with up to 10⁸ rows each: 2U has more than 64 bits."""
    rng = np.random.default_rng(million)
    s = np.tile(np.arange(1000.0), 2)
    y = np.arange(2000) >= 1000
    w = rng.integers(1, 2 * million * 500, 2000)
    state = Ranking()
    state.update(y, s, w)
    neg, pos = w[:1000].astype(object), w[1000:].astype(object)
    two_u = sum(p * (2 * below + n) for p, n, below in zip(pos, neg, neg.cumsum() - neg, strict=True))
    assert state.auc() == (two_u / (2 * neg.sum() * pos.sum()),) * 3
    V = [Fraction(2 * below + n, 2 * neg.sum()) for n, below in zip(neg, neg.cumsum() - neg, strict=True)]
    mean = sum(p * v for p, v in zip(pos, V, strict=True)) / pos.sum()
    ten = sum(p * (v - mean) ** 2 for p, v in zip(pos, V, strict=True)) / (pos.sum() - 1) / pos.sum()
    above = [pos.sum() - below - p for p, below in zip(pos, pos.cumsum() - pos, strict=True)]
    W = [Fraction(2 * a + p, 2 * pos.sum()) for p, a in zip(pos, above, strict=True)]
    one = sum(n * (w - mean) ** 2 for n, w in zip(neg, W, strict=True)) / (neg.sum() - 1) / neg.sum()
    assert state.delong().standard_error == pytest.approx(float(ten + one) ** 0.5, rel=1e-12)


def test_too_much_weight_is_refused():
    state = Ranking()
    state.update([0, 1], [0.0, 1.0], [2**41, 2**40])
    with pytest.raises(ValueError, match=r"`weights` of `update` must be at most 4\.39805e\+12 in total, got more"):
        state.update([0, 1], [0.0, 1.0], [2**41, 2**40])


def test_too_much_weight_is_refused_when_states_are_merged():
    one, other = Ranking(), Ranking()
    one.update([0, 1], [0.0, 1.0], [2**41, 2**40])
    other.update([0, 1], [0.0, 1.0], [2**41, 2**40])
    before = one.to_bytes()
    with pytest.raises(ValueError, match=r"`weights` of `merge` must be at most 4\.39805e\+12 in total, got more"):
        one.merge(other)
    assert one.to_bytes() == before


def test_rows_of_weight_zero_are_left_out():
    state = Ranking()
    state.update([0, 1, 1], [0.5, 0.1, 0.9], [1, 0, 1])
    assert state.auc().value == 1
    assert (state.rows, state.positives) == (3, 1 << 20)
