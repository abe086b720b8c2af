import warnings
from fractions import Fraction

import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from scipy.stats import rankdata
from sklearn.metrics import roc_auc_score

from byhand.formulas import mid_ranks, roc_auc

score = st.one_of(st.integers(-3, 3).map(float), st.floats(allow_nan=False))
samples = st.lists(st.tuples(score, st.booleans()), min_size=1, max_size=30)


def pairs(scores, positive):
    """AUC by its definition, over all pairs, in exact fractions."""
    plus = [s for s, y in zip(scores, positive, strict=True) if y]
    minus = [s for s, y in zip(scores, positive, strict=True) if not y]
    won = sum(Fraction(2 * (p > m) + (p == m), 2) for p in plus for m in minus)
    return float(won / (len(plus) * len(minus))) if plus and minus else None


@settings(max_examples=150, deadline=None)
@given(samples)
def test_is_the_share_of_pairs_correctly_rounded(rows):
    scores, positive = (list(column) for column in zip(*rows, strict=True))
    ours = roc_auc(torch.tensor(scores, dtype=torch.float64), torch.tensor(positive)).item()
    expected = pairs(scores, positive)
    assert ours == expected if expected is not None else ours != ours


@settings(max_examples=50, deadline=None)
@given(samples, st.randoms())
def test_neither_order_nor_a_monotone_map_matters_and_turning_round_mirrors(rows, random):
    scores, positive = zip(*rows, strict=True)
    scores, positive = torch.tensor(scores, dtype=torch.float64), torch.tensor(positive)
    order = torch.tensor(random.sample(range(len(rows)), len(rows)))
    value = roc_auc(scores, positive)
    torch.testing.assert_close(roc_auc(scores[order], positive[order]), value, rtol=0, atol=0, equal_nan=True)
    ranks = mid_ranks(scores)
    torch.testing.assert_close(roc_auc(ranks**3, positive), value, rtol=0, atol=0, equal_nan=True)
    torch.testing.assert_close(roc_auc(-scores, positive), 1 - value, rtol=0, atol=2**-53, equal_nan=True)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.bfloat16, torch.int64, torch.uint8])
def test_against_scikit_learn_and_scipy(dtype):
    scores, positive = (torch.rand(500) * 40).to(dtype), torch.rand(500) < 0.3
    assert roc_auc(scores, positive).item() == pytest.approx(
        roc_auc_score(positive.numpy(), scores.double().numpy()), rel=1e-14
    )
    assert mid_ranks(scores).tolist() == rankdata(scores.double().numpy()).tolist()


def test_many_samples_are_counted_exactly():
    """A million pairs of numbers of 13 digits: float32 anywhere in the formula would show in the 8th."""
    n = 300_000
    positive = torch.rand(n) < 0.4
    scores = torch.randperm(n)
    ranks = scores[positive] + 1
    n_pos = len(ranks)
    twice_u = 2 * int(ranks.sum()) - n_pos * (n_pos + 1)
    assert roc_auc(scores, positive).item() == twice_u / (2 * n_pos * (n - n_pos))


@pytest.mark.parametrize("positive", [[True, True], [False, False]])
def test_one_class_is_undefined(positive):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert roc_auc(torch.tensor([0.1, 0.9]), torch.tensor(positive)).isnan()
