"""KL divergence and entropy beside scipy's, torch's and the formula."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st
from scipy.special import entr, rel_entr

from byhand import formulas, losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
GIVEN = ["probs", "log_probs", "logits", "weights"]
inf = float("inf")


# ---- values


@pytest.mark.draw(8)
@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE, *HALVES], ids=str)
@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize(("shape", "dim"), [((7,), 0), ((4, 7), -1), ((7, 4), 0), ((2, 7, 3), 1)], ids=str)
def test_scipys_rel_entr_and_entr(shape, dim, given, dtype, rows_of, close):
    (p, P), (q, Q) = rows_of(given, shape, dtype, dim), rows_of(given, shape, dtype, dim)
    ours = losses.kl_divergence(p, q, dim=dim, given=given, reduction="none")
    scipy = torch.as_tensor(rel_entr(P.numpy(), Q.numpy()).sum(dim))
    close(ours, scipy.to(dtype), n=4 * 7 if dtype not in HALVES else 1)
    ours = losses.entropy(p, dim=dim, given=given)
    scipy = torch.as_tensor(entr(P.numpy()).sum(dim))
    close(ours, scipy.to(dtype), n=4 * 7 if dtype not in HALVES else 1)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean", "batchmean"])
@pytest.mark.parametrize("given", GIVEN)
def test_reductions(given, reduction, rows_of, close):
    (p, P), (q, Q) = rows_of(given, (2, 3, 5)), rows_of(given, (2, 3, 5))
    rows = torch.as_tensor(rel_entr(P.numpy(), Q.numpy()).sum(-1))
    expected = {"none": rows, "sum": rows.sum(), "mean": rows.sum() / 6, "batchmean": rows.sum() / 2}[reduction]
    close(losses.kl_divergence(p, q, given=given, reduction=reduction), expected, n=60)
    rows = torch.as_tensor(entr(P.numpy()).sum(-1))
    expected = {"none": rows, "sum": rows.sum(), "mean": rows.sum() / 6, "batchmean": rows.sum() / 2}[reduction]
    close(losses.entropy(p, given=given, reduction=reduction), expected, n=60)


@pytest.mark.parametrize("temperature", [0.5, 4.0])
@pytest.mark.parametrize("given", GIVEN)
def test_temperature_softens_and_scales(given, temperature, rows_of, close):
    (p, P), (q, Q) = rows_of(given, (3, 5)), rows_of(given, (3, 5))
    soft_p, soft_q = (x ** (1 / temperature) / (x ** (1 / temperature)).sum(-1, keepdim=True) for x in (P, Q))
    ours = losses.kl_divergence(p, q, given=given, temperature=temperature, reduction="batchmean")
    theirs = F.kl_div(soft_q.log(), soft_p, reduction="batchmean") * temperature**2
    close(ours, theirs, n=60)


def test_temperature_keeps_the_size_of_gradients(rows_of):
    (p, _), (q, _) = rows_of("logits", (3, 5)), rows_of("logits", (3, 5))
    at = [losses.kl_divergence(p, q, given="logits", temperature=T) for T in (1e3, 2e3)]
    one, two = (torch.autograd.grad(loss, q)[0] for loss in at)
    # for large T the gradient to q is (x_q − x_p) / K, each centred: the same for every T (Hinton et al., eq. (4))
    limit = ((q - q.mean(-1, keepdim=True)) - (p - p.mean(-1, keepdim=True))) / 5 / 3
    assert (one - limit).abs().max() < 1e-2 * limit.abs().max()
    assert (two - limit).abs().max() < (one - limit).abs().max()


def test_rows_of_probabilities_are_taken_as_they_are(close):
    p, q = torch.rand(3, 5, dtype=DOUBLE), torch.rand(3, 5, dtype=DOUBLE)
    scipy = torch.as_tensor(rel_entr(p.numpy(), q.numpy()).sum(-1))
    close(losses.kl_divergence(p, q, reduction="none"), scipy, n=40)
    close(losses.kl_divergence(p.log(), q.log(), given="log_probs", reduction="none"), scipy, n=40)
    close(losses.kl_divergence(p, q, given="weights", reduction="none"), formulas.kl_divergence(p, q), n=40)


@pytest.mark.parametrize("given", GIVEN)
@pytest.mark.parametrize(
    ("p_shape", "q_shape"), [((4, 5), (5,)), ((5,), (4, 5)), ((3, 1, 5), (4, 5)), ((4, 5), (4, 1))]
)
def test_broadcasting(p_shape, q_shape, given, rows_of, close):
    p, q = rows_of(given, p_shape)[0], rows_of(given, q_shape)[0]
    ours = losses.kl_divergence(p, q, given=given, reduction="none")
    wide = losses.kl_divergence(*torch.broadcast_tensors(p, q), given=given, reduction="none")
    assert ours.shape == torch.broadcast_shapes(p_shape, q_shape)[:-1]
    assert torch.equal(ours, wide)
    assert [g.shape for g in torch.autograd.grad(ours.sum(), (p, q))] == [p.shape, q.shape]


@pytest.mark.parametrize("given", GIVEN)
def test_views_need_not_be_contiguous(given, rows_of):
    p, q = rows_of(given, (12, 6), dim=0)[0], rows_of(given, (12, 6), dim=0)[0]
    p, q = p.t()[::2], q.t()[::2]
    ours = losses.kl_divergence(p, q, given=given, reduction="none")
    dense = losses.kl_divergence(p.contiguous(), q.contiguous(), given=given, reduction="none")
    assert torch.equal(ours, dense)


@pytest.mark.parametrize("dtype", HALVES, ids=str)
@pytest.mark.parametrize("given", GIVEN)
def test_halves_are_computed_in_float32_and_rounded_once(given, dtype, rows_of):
    p, q = rows_of(given, (4, 7), dtype)[0], rows_of(given, (4, 7), dtype)[0]
    wide = [v.detach().float().requires_grad_() for v in (p, q)]
    for reduction in ("none", "sum", "mean"):
        ours = losses.kl_divergence(p, q, given=given, temperature=2.0, reduction=reduction)
        in_float32 = losses.kl_divergence(*wide, given=given, temperature=2.0, reduction=reduction)
        assert torch.equal(ours, in_float32.to(dtype))
        ones = torch.ones_like(ours)
        for our_gradient, wide_gradient in zip(
            torch.autograd.grad(ours, (p, q), ones), torch.autograd.grad(in_float32, wide, ones.float()), strict=True
        ):
            assert torch.equal(our_gradient, wide_gradient.to(dtype))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert losses.kl_divergence(p, q, given=given).dtype == losses.entropy(p, given=given).dtype == SINGLE


def test_dtypes_promote(rows_of):
    for one, other in itertools.product([*HALVES, SINGLE, DOUBLE], repeat=2):
        p, q = rows_of("probs", (4, 7), one)[0], rows_of("probs", (4, 7), other)[0]
        assert losses.kl_divergence(p, q).dtype == torch.promote_types(one, other)


# ---- what holds for every input

weights = st.integers(1, 6).flatmap(
    lambda k: st.lists(st.lists(st.floats(1e-3, 1e3), min_size=k, max_size=k), min_size=2, max_size=5)
)


@settings(max_examples=50, deadline=None)
@for_all(weights, st.sampled_from([0.0, 1e-15, 1e-9, 1e-4]), st.sampled_from([SINGLE, DOUBLE]), st.floats(0.25, 8))
def test_what_holds_for_every_input(rows, near, dtype, temperature):
    w = torch.tensor(rows, dtype=dtype)
    v = w * (1 + near * torch.randn(w.shape, dtype=dtype)) if near else w.flip(0)
    p, q = w / w.sum(-1, keepdim=True), v / v.sum(-1, keepdim=True)
    eps = w.shape[-1] * torch.finfo(dtype).eps

    for given, a, b in (("weights", w, v), ("logits", w.log(), v.log()), ("logits", w, v)):
        loss = losses.kl_divergence(a, b, given=given, temperature=temperature, reduction="none")
        assert loss.shape == w.shape[:1]
        assert (loss >= 0).all()
        assert (losses.kl_divergence(a, a, given=given, temperature=temperature, reduction="none") == 0).all()

    for given, a, b in (("probs", p, q), ("log_probs", p.log(), q.log())):
        loss = losses.kl_divergence(a, b, given=given, reduction="none")
        assert (loss >= -16 * eps).all()  # rows as they are sum to one only up to rounding
        assert (losses.kl_divergence(a, a, given=given, reduction="none") == 0).all()
        excess = losses.cross_entropy(q.log(), p, reduction="none") - losses.entropy(p)
        assert (loss - excess).abs().max() <= 64 * eps * (1 + losses.entropy(p).max() + loss.max())

    order = torch.randperm(w.shape[-1])
    loss, permuted = losses.kl_divergence(p, q), losses.kl_divergence(p[:, order], q[:, order])
    assert (loss - permuted).abs() <= 16 * eps * (1 + loss)
    assert (losses.entropy(p) >= 0).all()
    assert (losses.entropy(p) <= math.log(w.shape[-1]) + 16 * eps).all()


@pytest.mark.parametrize("given", ["probs", "weights"])
def test_the_formula(given, rows_of, close):
    p, q = rows_of(given, (4, 5))[0].detach(), rows_of(given, (4, 5))[0].detach()
    p[0, 0] = q[1, 1] = 0
    P, Q = p / p.sum(-1, keepdim=True), q / q.sum(-1, keepdim=True)
    ours = losses.kl_divergence(P, Q, given=given, reduction="none")
    assert ours[1] == inf
    close(ours, formulas.kl_divergence(p, q), n=20)
    close(losses.entropy(P, given=given), formulas.entropy(P), n=20)
