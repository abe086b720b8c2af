"""The kernel of ROC AUC with weights: the formula's sum over pairs, compensated, in one order."""

from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand import kernels
from byhand.kernels.numba.ranking.buckets import PART, STORED
from byhand.kernels.numba.ranking.weights import before
from byhand.kernels.numba.roc_auc import roc_auc
from byhand.metrics.roc_auc import count_pairs

INF = float("inf")
EPS = np.finfo(float).eps

scores = st.floats(-1e6, 1e6, width=32) | st.sampled_from([0.0, -0.0, 1.0, 1e-45, INF, -INF])
weights = st.floats(1e-9, 1e6) | st.sampled_from([0.0, 1.0, 1e-9, 1e9])
samples = st.lists(st.tuples(scores, st.booleans(), weights), min_size=1, max_size=40)


def draw(n, dtype=torch.float32, ties=False):
    """Scores, labels and weights."""
    x = torch.randn(n, dtype=torch.float64) * (3 if ties else 1000)
    x = x.round() if ties else x
    x = x > 0 if dtype == torch.bool else x.abs().to(dtype) if dtype == torch.uint8 else x.to(dtype)
    return x, torch.rand(n) < 0.3, torch.rand(n, dtype=torch.float64) * 10.0 ** torch.randint(-3, 3, (n,))


@settings(max_examples=100, deadline=None)
@given(samples)
def test_sums_pairs(rows):
    x, positive, w = zip(*rows, strict=True)
    ours = roc_auc(torch.tensor(x), torch.tensor(positive), torch.tensor(w, dtype=torch.float64))
    pos = [(a, Fraction(u)) for a, p, u in rows if p]
    neg = [(b, Fraction(v)) for b, p, v in rows if not p]
    won = sum((u * v * ((a > b) * 2 + (a == b)) for a, u in pos for b, v in neg), Fraction())
    pairs = 2 * sum((u for _, u in pos), Fraction()) * sum((v for _, v in neg), Fraction())
    for found, exact in zip(ours, (won, pairs), strict=True):
        assert abs(Fraction(found) - exact) <= 8 * Fraction(EPS) * exact


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", STORED)
@pytest.mark.parametrize("n", [1, 2, 17, 4097, PART + 1, 300_007])
@pytest.mark.parametrize("ties", [True, False])
def test_every_dtype_and_size(dtype, n, ties):
    x, positive, w = draw(n, dtype, ties)
    won, pairs = roc_auc(x, positive, w)
    theirs = count_pairs(x, positive, w)
    np.testing.assert_allclose((won, pairs), theirs, rtol=n * EPS + 8 * EPS)
    assert roc_auc(x, positive.long(), torch.ones(n).double()) == count_pairs(x, positive)


@pytest.mark.parametrize("shape", ["constant", "outlier", "int64"])
def test_crowds(shape):
    x, positive, w = draw(200_000, torch.float64)
    if shape == "constant":
        x[:] = 0.3
    elif shape == "outlier":
        x[0] = -1e300
    else:
        x = torch.randint(-(2**63), 2**63 - 1, (len(x),))
    np.testing.assert_allclose(roc_auc(x, positive, w), count_pairs(x, positive, w), rtol=1e-11)


def test_the_bits_do_not_depend_on_threads():
    x, positive, w = draw(700_001, ties=True)
    before_ = torch.get_num_threads()
    try:
        found = set()
        for n in (1, 2, 3):
            torch.set_num_threads(n)
            found.add(roc_auc(x, positive, w))
    finally:
        torch.set_num_threads(before_)
    assert len(found) == 1


def test_the_order_of_rows_matters_in_the_last_bits_only():
    x, positive, w = draw(300_000)
    order = torch.randperm(len(x))
    a, b = roc_auc(x, positive, w), roc_auc(x[order], positive[order], w[order])
    np.testing.assert_allclose(a, b, rtol=8 * EPS)


def test_strides_and_weights_of_zero():
    x, positive, w = draw(3 * 200_000)
    w[::5] = 0
    x, positive, w = x[::3], positive[::3], w[::3]
    some = w != 0
    ours, kept = roc_auc(x, positive, w), roc_auc(x[some], positive[some], w[some])
    np.testing.assert_allclose(ours, kept, rtol=8 * EPS)


def test_sums_before():
    assert list(before([1e16, 1.0, 1.0, 1.0])) == [0.0, 1e16, 1e16, 1e16 + 2]


def test_is_picked():
    x, positive, w = draw(9)
    with kernels.backend("numba"):
        assert kernels.pick("roc_auc", x, positive, w) is roc_auc
