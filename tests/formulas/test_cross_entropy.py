import hypothesis.strategies as st
import pytest
import torch
from hypothesis import given, settings
from scipy.special import entr, log_expit, logsumexp
from torch.nn import functional as F

from byhand import formulas

EPS = torch.finfo(torch.float64).eps


def test_logits_against_torch():
    logits, target = torch.randn(5, 7).double(), torch.randint(7, (5,))
    ours = formulas.cross_entropy_with_logits(logits, target)
    theirs = F.cross_entropy(logits, target, reduction="none")
    torch.testing.assert_close(ours, theirs, rtol=32 * EPS, atol=32 * EPS)


def test_log_softmax_against_scipy():
    logits = torch.randn(2, 3, 7).double() * 100
    ours = formulas.log_softmax(logits)
    theirs = logits - torch.as_tensor(logsumexp(logits.numpy(), axis=-1, keepdims=True))
    torch.testing.assert_close(ours, theirs, rtol=8 * EPS, atol=0)


@pytest.mark.parametrize("soft", [False, True])
def test_probabilities_against_logits(soft):
    logits, y = torch.randn(5, 7).double(), torch.randint(7, (5,))
    target = torch.softmax(torch.randn(5, 7).double(), -1) if soft else F.one_hot(y, 7).double()
    ours = formulas.cross_entropy(torch.softmax(logits, -1), target)
    theirs = F.cross_entropy(logits, target, reduction="none")
    torch.testing.assert_close(ours, theirs, rtol=32 * EPS, atol=32 * EPS)


def test_entropy_against_scipy():
    P = torch.softmax(torch.randn(3, 2, 6).double() * 5, -1)
    torch.testing.assert_close(formulas.entropy(P), torch.as_tensor(entr(P.numpy()).sum(-1)), rtol=8 * EPS, atol=0)


def test_the_example():
    p, target = torch.tensor([0.1, 0.2, 0.6, 0.1]), torch.tensor([0.0, 1.0, 0.0, 0.0])
    assert formulas.cross_entropy(p, target).item() == pytest.approx(1.6094, abs=5e-5)


@pytest.mark.parametrize(
    ("p", "target", "value"),
    [
        ([0.0, 1.0], [0.0, 1.0], 0.0),
        ([0.0, 1.0], [1.0, 0.0], float("inf")),
        ([0.0, 1.0], [0.5, 0.5], float("inf")),
        ([0.0, 0.5], [0.0, 1.0], 0.6931471805599453),
    ],
)
def test_branches(p, target, value):
    result = formulas.cross_entropy(torch.tensor(p, dtype=torch.float64), torch.tensor(target, dtype=torch.float64))
    torch.testing.assert_close(result, torch.tensor(value, dtype=torch.float64), rtol=4 * EPS, atol=0)
    assert str(result.item()) != "-0.0"


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=8), st.floats(-1e4, 1e4), st.data())
def test_a_shift_of_the_logits_changes_nothing(row, shift, data):
    logits, y = torch.tensor(row, dtype=torch.float64), torch.tensor(data.draw(st.integers(0, len(row) - 1)))
    ours = formulas.cross_entropy_with_logits(logits + shift, y)
    # the shifted logits are rounded themselves, and so is log Z
    torch.testing.assert_close(ours, formulas.cross_entropy_with_logits(logits, y), rtol=0, atol=8 * EPS * 1.1e4)


@pytest.mark.parametrize("x", [-1000.0, -40.0, -1.0, 0.0, 0.3, 40.0, 1000.0])
@pytest.mark.parametrize("t", [0.0, 0.25, 1.0])
def test_binary_logits_against_scipy(x, t):
    ours = formulas.binary_cross_entropy_with_logits(
        torch.tensor(x, dtype=torch.float64), torch.tensor(t, dtype=torch.float64)
    )
    theirs = -t * log_expit(x) - (1 - t) * log_expit(-x)
    assert ours.item() == pytest.approx(theirs, rel=8 * EPS, abs=0)


def test_binary_probabilities_against_torch():
    p, target = torch.rand(3, 4).double(), torch.rand(3, 4).double()
    ours = formulas.binary_cross_entropy(p, target)
    torch.testing.assert_close(ours, F.binary_cross_entropy(p, target, reduction="none"), rtol=32 * EPS, atol=EPS)


def test_binary_is_two_classes():
    x, y = torch.randn(6).double(), torch.randint(2, (6,))
    ours = formulas.binary_cross_entropy_with_logits(x, y.double())
    two = formulas.cross_entropy_with_logits(torch.stack([torch.zeros_like(x), x], -1), y)
    torch.testing.assert_close(ours, two, rtol=32 * EPS, atol=EPS)


def test_gradients():
    logits, y = torch.randn(3, 4).double().requires_grad_(), torch.randint(4, (3,))
    p = torch.softmax(logits, -1).detach().requires_grad_()
    target = torch.softmax(torch.randn(3, 4).double(), -1).requires_grad_()
    for f, inputs in (
        (lambda x: formulas.cross_entropy_with_logits(x, y), (logits,)),
        (formulas.cross_entropy, (p, target)),
        (formulas.entropy, (p,)),
        (formulas.binary_cross_entropy, (p, target)),
        (formulas.binary_cross_entropy_with_logits, (logits, target)),
    ):
        assert torch.autograd.gradcheck(f, inputs)
        assert torch.autograd.gradgradcheck(f, inputs)
