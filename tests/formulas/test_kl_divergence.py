import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from scipy.special import rel_entr

from byhand.formulas import cross_entropy, entropy, kl_divergence

EPS = torch.finfo(torch.float64).eps

weight = st.one_of(st.just(0.0), st.floats(1e-6, 1e6))


@st.composite
def distributions(draw, zeros=True):
    """Two batches of the same shape, any rank, whose rows have some weight."""
    shape = [*draw(st.lists(st.integers(1, 4), max_size=2)), draw(st.integers(1, 6))]
    count = torch.Size(shape).numel()
    element = weight if zeros else st.floats(1e-6, 1e6)
    numbers = st.lists(element, min_size=count, max_size=count)
    pair = [torch.tensor(draw(numbers), dtype=torch.float64).reshape(shape) for _ in "PQ"]
    for x in pair:
        x[..., 0] += x.sum(-1) == 0
    return pair


@settings(max_examples=60, deadline=None)
@given(distributions())
def test_is_scipys_rel_entr_of_normalised_rows(pair):
    P, Q = pair
    ours = kl_divergence(P, Q)
    p, q = ((x / x.sum(-1, keepdim=True)).numpy() for x in pair)
    theirs = torch.as_tensor(rel_entr(p, q).sum(-1))
    torch.testing.assert_close(ours, theirs, rtol=64 * EPS, atol=64 * EPS)


@settings(max_examples=60, deadline=None)
@given(distributions())
def test_is_never_negative_beyond_rounding_and_exactly_0_for_equals(pair):
    P, Q = pair
    assert (kl_divergence(P, Q) >= -8 * EPS).all()
    assert (kl_divergence(P, P) == 0).all()


@settings(max_examples=40, deadline=None)
@given(distributions(zeros=False))
def test_is_what_cross_entropy_costs_above_entropy(pair):
    P, Q = (x / x.sum(-1, keepdim=True) for x in pair)
    torch.testing.assert_close(cross_entropy(Q, P), entropy(P) + kl_divergence(P, Q), rtol=64 * EPS, atol=64 * EPS)


@settings(max_examples=40, deadline=None)
@given(distributions(), st.integers(0, 2**31))
def test_does_not_depend_on_the_order_of_the_classes(pair, seed):
    P, Q = pair
    order = torch.randperm(P.shape[-1], generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(
        kl_divergence(P[..., order], Q[..., order]), kl_divergence(P, Q), rtol=64 * EPS, atol=64 * EPS
    )


def test_rows_are_normalised_each_by_itself():
    P, Q = torch.rand(3, 3).double(), torch.rand(3, 3).double()  # square: a sum along the wrong axis would fit too
    scale = torch.tensor([[1.0], [10.0], [0.5]], dtype=torch.float64)
    torch.testing.assert_close(kl_divergence(P * scale, Q), kl_divergence(P, Q), rtol=64 * EPS, atol=0)
    torch.testing.assert_close(kl_divergence(P, Q)[1], kl_divergence(P[1], Q[1]), rtol=0, atol=0)


def test_the_examples():
    assert kl_divergence(torch.tensor([0.4, 0.6]), torch.tensor([0.5, 0.5])).item() == pytest.approx(0.0201, abs=5e-5)
    assert kl_divergence(torch.tensor([0.3, 0.7]), torch.tensor([0.3, 0.7])).item() == 0.0


@pytest.mark.parametrize(
    ("P", "Q", "value"),
    [
        ([0.0, 1.0], [0.5, 0.5], 0.6931471805599453),
        ([0.0, 1.0], [0.0, 1.0], 0.0),
        ([0.5, 0.5], [1.0, 0.0], float("inf")),
        ([0.0, 0.0], [0.5, 0.5], float("nan")),
        ([0.5, 0.5], [0.0, 0.0], float("nan")),
        ([-0.5, 1.5], [0.5, 0.5], float("nan")),
    ],
)
def test_branches(P, Q, value):
    result = kl_divergence(torch.tensor(P, dtype=torch.float64), torch.tensor(Q, dtype=torch.float64))
    torch.testing.assert_close(result, torch.tensor(value, dtype=torch.float64), rtol=4 * EPS, atol=0, equal_nan=True)


def test_gradients():
    P, Q = torch.rand(2, 4).double().requires_grad_(), torch.rand(2, 4).double().requires_grad_()
    assert torch.autograd.gradcheck(kl_divergence, (P, Q))
    assert torch.autograd.gradgradcheck(kl_divergence, (P, Q))


def test_gradients_at_a_zero_are_finite():
    P = torch.tensor([0.0, 1.0, 3.0], dtype=torch.float64).requires_grad_()
    Q = torch.tensor([0.0, 2.0, 2.0], dtype=torch.float64).requires_grad_()
    kl_divergence(P, Q).backward()
    assert P.grad.isfinite().all()
    assert Q.grad.isfinite().all()
