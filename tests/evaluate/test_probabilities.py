"""Log-loss, Brier score and calibration, the same bits for any order and split."""

import math

import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from sklearn.metrics import brier_score_loss, log_loss

from byhand import formulas
from byhand.evaluate import BadRow, Probabilities
from prediction_logs import log


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("weighted", [False, True])
def test_losses_are_those_of_scikit_learn(dtype, weighted):
    y, p = log(3000, dtype)
    w = np.random.default_rng(1).integers(0, 4, 3000) if weighted else None
    state = Probabilities()
    state.update(y, p, w)
    p = p.astype(np.float64)
    assert state.log_loss() == pytest.approx(log_loss(y, p, sample_weight=w), rel=1e-12)
    assert state.brier() == pytest.approx(brier_score_loss(y, p, sample_weight=w), rel=1e-12)


@pytest.mark.parametrize("bins", [1, 15, 1000])
def test_calibration_is_the_formula(bins):
    y, p = log(3000, "float64")
    state = Probabilities(bins=bins)
    state.update(y, p)
    expected = formulas.calibration_error(torch.from_numpy(p), torch.from_numpy(y), bins).item()
    value, lower, upper = state.calibration_error()
    assert value == pytest.approx(expected, rel=1e-12)
    assert lower <= value <= upper
    assert sum(row.rows for row in state.table()) == 3000


def test_intervals_of_the_table_are_wilsons():
    state = Probabilities(bins=2)
    state.update(np.arange(50) < 7, np.full(50, 0.2))
    (row,) = state.table(0.9)
    expected = binomtest(7, 50).proportion_ci(0.9, method="wilson")
    assert (row.low, row.high, row.rows, row.rate) == (0, 0.5, 50, 0.14)
    assert row.mean_score == pytest.approx(0.2, rel=1e-15)
    assert (row.lower, row.upper) == pytest.approx((expected.low, expected.high), rel=1e-12)


def test_order_split_and_merging_change_no_bit():
    y, p = log(2000, "float64")
    whole, order = Probabilities(), np.random.default_rng(1).permutation(2000)
    whole.update(y, p)
    merged = whole.copy_empty()
    for part in np.array_split(order, 7):
        state = whole.copy_empty()
        state.update(y[part], p[part])
        merged.merge(Probabilities.from_bytes(state.to_bytes()))
    assert merged.to_bytes() == whole.to_bytes()


def test_edges_and_errors():
    state = Probabilities()
    assert np.isnan([state.log_loss(), state.brier(), state.calibration_error().value]).all()
    state.update([0, 1], [0.0, 1.0])
    assert (state.log_loss(), state.calibration_error().value) == (0, 0)
    with pytest.raises(BadRow, match=r"`scores` of `update` must be a probability, from 0 to 1, got 1\.5 in row 1"):
        state.update([0, 1], [0.5, 1.5])
    with pytest.raises(BadRow, match="got nan in row 0"):
        state.update([0, 1], [np.nan, 0.5])
    with pytest.raises(ValueError, match="`weights` of `update` must be given for all rows or for none"):
        state.update([0, 1], [0.5, 0.5], [1, 1])
    with pytest.raises(ValueError, match="`other` of `merge` must be a state with bins and unit"):
        state.merge(Probabilities(bins=3))
    assert state.rows == 2
    state.update([1], [0.0])
    assert (state.log_loss(), state.impossible) == (math.inf, 1)


def test_losses_are_right_to_their_unit_at_all_sizes():
    p = np.concatenate([np.logspace(-323, 0, 400), 1 - np.logspace(-16, 0, 400), [5e-324, 0.5**0.5, 0.5]])
    for label in (0, 1):
        q = p if label else 1 - p
        for x, size in zip(p[q > 0], q[q > 0], strict=True):
            state = Probabilities()
            state.update([label], [x])
            exact = -np.log(np.longdouble(size))
            assert abs(state.log_loss() - exact) <= 2.0**-48 + 2.0**-52 * exact
