"""KL divergence and entropy: zeros, infinities, rows that are none, derivatives, and what is refused."""

import math

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from scipy.special import rel_entr

from byhand import formulas, kernels, losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
GIVEN = ["probs", "log_probs", "logits", "weights"]
inf = float("inf")


# ---- zeros and infinities


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=str)
@pytest.mark.parametrize("given", GIVEN)
def test_zeros_of_both(given, dtype):
    P = torch.tensor([[0.5, 0.5, 0, 0], [1, 0, 0, 0], [0.5, 0.5, 0, 0], [0.25, 0.25, 0.25, 0.25]], dtype=dtype)
    Q = torch.tensor([[0.25, 0.25, 0.5, 0], [1, 0, 0, 0], [1, 0, 0, 0], [0.25, 0.25, 0.5, 0]], dtype=dtype)
    p, q = (x if given in ("probs", "weights") else x.log() for x in (P, Q))
    rows = losses.kl_divergence(p, q, given=given, reduction="none")
    scipy = torch.as_tensor(rel_entr(P.numpy(), Q.numpy()).sum(-1))
    assert rows[1] == 0
    assert rows[2] == rows[3] == inf
    torch.testing.assert_close(rows, scipy, rtol=8 * torch.finfo(dtype).eps, atol=0)
    assert losses.entropy(p, given=given).tolist() == pytest.approx([math.log(2), 0, math.log(2), math.log(4)])

    p, q = p[:2].clone().requires_grad_(), q[:2].clone().requires_grad_()  # where the divergence is finite
    for value in (
        losses.kl_divergence(p, q, given=given),
        losses.kl_divergence(p, q, given=given, temperature=2.0),
        losses.entropy(p, given=given, reduction="sum") + 0 * q.exp().sum(),
    ):
        first = torch.autograd.grad(value, (p, q), create_graph=True)
        second = torch.autograd.grad(sum(g.square().sum() for g in first), (p, q))
        assert all(g.isfinite().all() for g in first + second)


def test_underflow_of_p_is_a_zero():
    p = torch.tensor([0.0, -2000.0, -2000.0], dtype=DOUBLE, requires_grad=True)
    q = torch.tensor([0.0, 0.0, -inf], dtype=DOUBLE, requires_grad=True)
    for options in ({"given": "logits"}, {"given": "log_probs"}, {"given": "logits", "temperature": 2.0}):
        loss = losses.kl_divergence(p, q, **options)
        assert loss.isfinite()
        assert all(g.isfinite().all() for g in torch.autograd.grad(loss, (p, q)))


@pytest.mark.parametrize("given", ["probs", "weights"])
def test_a_quotient_that_overflows_has_a_logarithm(given):
    p = torch.tensor([[0.0, -712.0], [0.0, -744.0], [-700.0, 0.0]], dtype=DOUBLE).softmax(-1)
    q = torch.full((3, 2), 0.5, dtype=DOUBLE)
    for a, b in ((p, q), (q, p), (p, p.flip(1))):
        a, b = a.clone().requires_grad_(), b.clone()
        rows = losses.kl_divergence(a, b, given=given, reduction="none")
        expected = rel_entr(a.detach().numpy(), b.numpy()).sum(-1)  # the sums are 1
        torch.testing.assert_close(rows, torch.as_tensor(expected), rtol=1e-14, atol=0)
        assert torch.autograd.grad(rows.sum(), a)[0].isfinite().all()


def test_far_apart_nothing_overflows():
    for dtype, gap in ((SINGLE, 95.0), (DOUBLE, 720.0)):
        p, q = torch.tensor([0.0, -gap], dtype=dtype), torch.tensor([-gap, 0.0], dtype=dtype)
        loss = losses.kl_divergence(p, q, given="logits")
        torch.testing.assert_close(loss, torch.tensor(gap, dtype=dtype), rtol=4 * torch.finfo(dtype).eps, atol=0)


def test_rows_that_are_no_distributions():
    zero, negative, fine = torch.zeros(3), torch.tensor([0.5, -0.5, 1.0]), torch.full((3,), 1 / 3)
    assert losses.kl_divergence(zero, fine) == 0
    assert losses.kl_divergence(zero, fine, given="weights").isnan()
    assert losses.kl_divergence(fine, zero, given="weights").isnan()
    assert losses.kl_divergence(negative, fine).isnan()
    assert losses.kl_divergence(fine, negative, given="weights").isnan()
    assert losses.kl_divergence(torch.tensor([torch.nan, 1.0, 0.0]), fine).isnan()


@pytest.mark.parametrize("given", GIVEN)
def test_no_classes_and_no_rows(given):
    def kl(shape, reduction):
        return losses.kl_divergence(torch.ones(shape), torch.ones(shape), given=given, reduction=reduction)

    assert kl((2, 0), "none").tolist() == [0, 0]
    assert kl((0, 2), "none").shape == (0,)
    assert kl((0, 2), "sum") == 0
    assert kl((0, 2), "mean").isnan()
    assert kl((0, 2), "batchmean").isnan()


def test_close_distributions_keep_their_digits():
    x = 2 * torch.randn(50, 100)
    y = x + 1e-4 * torch.randn(50, 100)
    ours = losses.kl_divergence(x, y, given="logits", reduction="none")
    P, Q = x.double().softmax(-1), y.double().softmax(-1)
    exact = formulas.kl_divergence(P, Q)
    eps, r = torch.finfo(SINGLE).eps, (Q / P).log()
    # each r has a few roundings of its logarithms, and enters twice, as r² / 2
    bound = 4 * eps * (P * r.abs() * (1 + P.log().abs())).sum(-1) + 100 * eps * exact
    assert ((ours - exact).abs() <= bound).all()
    plain = F.kl_div(y.log_softmax(-1), x.log_softmax(-1), reduction="none", log_target=True).sum(-1)
    assert (plain - exact).abs().max() > 100 * (ours - exact).abs().max()


# ---- derivatives


@pytest.mark.draw(4)
@pytest.mark.parametrize("temperature", [1.0, 3.0])
@pytest.mark.parametrize("given", GIVEN)
def test_first_and_second_derivative(given, temperature, rows_of):
    p, q = rows_of(given, (2, 3))[0], rows_of(given, (2, 3))[0]
    reductions = ["none", "sum", "mean", "batchmean"]

    def of_both(p, q):
        options = {"given": given, "temperature": temperature}
        return tuple(losses.kl_divergence(p, q, reduction=reduction, **options) for reduction in reductions)

    def of_one(p):
        return tuple(losses.entropy(p, given=given, reduction=reduction) for reduction in reductions)

    torch.autograd.gradcheck(of_both, (p, q))
    torch.autograd.gradgradcheck(of_both, (p, q))
    torch.autograd.gradgradcheck(of_both, (p, p.detach().clone().requires_grad_()))
    torch.autograd.gradcheck(of_one, p)
    torch.autograd.gradgradcheck(of_one, p)


def test_torch_func_grad_and_vmap(rows_of, close):
    (p, P), (q, Q) = rows_of("logits", (4, 5)), rows_of("logits", (4, 5))
    ours = torch.func.vmap(torch.func.grad(lambda q, p: losses.kl_divergence(p, q, given="logits")))(q, p)
    close(ours, Q - P, n=20)
    ours = torch.func.vmap(losses.kl_divergence, in_dims=(0, None))(P, Q[0])
    close(ours, losses.kl_divergence(P, Q[0], reduction="none"), n=1)
    close(torch.func.vmap(losses.entropy)(P), losses.entropy(P), n=1)


# ---- bad input

P = torch.full((4, 3), 1 / 3)


@pytest.mark.parametrize("of", [losses.kl_divergence, losses.entropy], ids=["kl_divergence", "entropy"])
@pytest.mark.parametrize(
    ("argument", "error", "bad"),
    [
        ("p", TypeError, {"p": [0.5, 0.5]}),
        ("p", RuntimeError, {"p": P.long()}),
        ("p", RuntimeError, {"p": P.to(torch.complex64)}),
        ("dim", IndexError, {"dim": 2}),
        ("dim", IndexError, {"dim": -3}),
        ("given", ValueError, {"given": "probabilities"}),
        ("reduction", ValueError, {"reduction": "average"}),
    ],
)
def test_bad_input(of, argument, error, bad, refuses):
    fine = {"p": P, "q": P} if of is losses.kl_divergence else {"p": P}
    refuses(of, error, argument, **(fine | bad))


@pytest.mark.parametrize(
    ("argument", "error", "bad"),
    [
        ("q", TypeError, {"q": None}),
        ("q", RuntimeError, {"q": P.bool()}),
        ("q", RuntimeError, {"q": P[:3]}),
        ("q", RuntimeError, {"q": P.to("meta")}),
        ("dim", IndexError, {"p": torch.tensor(1.0), "q": torch.tensor(1.0)}),
        ("temperature", ValueError, {"temperature": 0.0}),
        ("temperature", ValueError, {"temperature": -1.0}),
        ("temperature", ValueError, {"temperature": inf}),
        ("temperature", ValueError, {"temperature": float("nan")}),
        ("temperature", TypeError, {"temperature": "hot"}),
    ],
)
def test_bad_input_of_two(argument, error, bad, refuses):
    refuses(losses.kl_divergence, error, argument, **({"p": P, "q": P} | bad))


def test_a_kernel_gets_checked_arguments_with_the_classes_last(monkeypatch):
    seen = []

    def kernel(formula, *args):
        seen.append([(x.shape, x.dtype) if isinstance(x, torch.Tensor) else x for x in args])
        return torch.tensor(0.1 + 0.2)

    monkeypatch.setattr(kernels, "pick", lambda name, *tensors: kernel if name == "kl_divergence" else None)
    p, q = torch.ones(2, 3, 4, dtype=torch.bfloat16), torch.ones(3, 1, dtype=torch.bfloat16)
    assert losses.kl_divergence(p, q, dim=1, given="weights", temperature=2.0).dtype == torch.bfloat16
    assert seen == [[((2, 4, 3), p.dtype), ((2, 4, 3), p.dtype), "weights", 2.0, "mean"]]


def test_numpy_numbers_are_numbers(close):
    p, q = torch.tensor([0.4, 0.6]), torch.tensor([0.5, 0.5])
    ours = losses.kl_divergence(p, q, temperature=float(np.float32(2)))
    close(ours, losses.kl_divergence(p, q, temperature=2.0), n=0)
