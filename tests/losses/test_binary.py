"""Binary cross-entropy beside torch's, and where it keeps digits that torch's loses."""

import itertools

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand import formulas, losses


@pytest.fixture(autouse=True)
def computed_by():
    """There is no kernel of this loss."""
    return "auto"


DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
inf = float("inf")
ours_of, theirs_of = losses.binary_cross_entropy_with_logits, F.binary_cross_entropy_with_logits


@pytest.fixture
def logits_and_targets():
    def make(shape, dtype=DOUBLE, other=None):
        x, t = 3 * torch.randn(shape, dtype=DOUBLE), torch.rand(shape, dtype=DOUBLE)
        return x.to(dtype).requires_grad_(), t.to(other or dtype).requires_grad_()

    return make


@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE], ids=str)
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.parametrize("shape", [(), (5,), (4, 3), (2, 3, 4)], ids=str)
def test_as_in_torch(shape, reduction, dtype, logits_and_targets, close, gradients):
    x, t = logits_and_targets(shape, dtype)
    one_each, one_a_column = torch.rand(shape, dtype=dtype), torch.rand(shape[-1:], dtype=dtype)
    for weight, pos_weight in itertools.product([None, one_each, one_a_column], [None, 3 * one_each, 3 * one_a_column]):
        ours = ours_of(x, t, weight, reduction=reduction, pos_weight=pos_weight)
        theirs = theirs_of(x, t, weight, reduction=reduction, pos_weight=pos_weight)
        close(ours, theirs, n=8 * max(x.numel(), 1))
        for our_gradient, their_gradient in zip(gradients(ours, x, t), gradients(theirs, x, t), strict=True):
            close(our_gradient, their_gradient, n=8 * max(x.numel(), 1))


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_halves_are_computed_in_float32_and_rounded_once(dtype, logits_and_targets, close):
    x, t = logits_and_targets((4, 3), dtype)
    close(ours_of(x, t), theirs_of(x, t), n=4)
    wide = [v.detach().float().requires_grad_() for v in (x, t)]
    for reduction in ("none", "sum", "mean"):
        ours, in_float32 = ours_of(x, t, reduction=reduction), ours_of(*wide, reduction=reduction)
        assert torch.equal(ours, in_float32.to(dtype))
        ones = torch.ones_like(ours)
        for our_gradient, wide_gradient in zip(
            torch.autograd.grad(ours, (x, t), ones), torch.autograd.grad(in_float32, wide, ones.float()), strict=True
        ):
            assert torch.equal(our_gradient, wide_gradient.to(dtype))


@pytest.mark.parametrize(("input", "target"), [*itertools.product([*HALVES, SINGLE, DOUBLE], repeat=2)], ids=str)
def test_the_dtype_is_the_targets_as_in_torch(input, target, logits_and_targets, close):
    x, t = logits_and_targets((4, 3), input, target)
    least = max(input, target, key=lambda dtype: torch.finfo(dtype).eps)
    ours = ours_of(x, t, torch.ones(3, dtype=torch.int64), pos_weight=torch.tensor(2.0, dtype=DOUBLE))
    theirs = theirs_of(x, t, torch.ones(3, dtype=torch.int64), pos_weight=torch.tensor(2.0, dtype=DOUBLE))
    assert ours.dtype == theirs.dtype == target
    close(ours.to(least), theirs.to(least), n=8)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours, theirs = ours_of(x, t), theirs_of(x, t)
        assert ours.dtype == theirs.dtype
        close(ours.to(SINGLE), theirs.to(SINGLE), n=24)


@pytest.mark.parametrize("dtype", [SINGLE, DOUBLE], ids=str)
def test_large_logits_keep_their_digits(dtype):
    x = torch.linspace(-80, 80, 641, dtype=dtype)
    exact = torch.as_tensor(np.logaddexp(0, x.double().numpy()))  # log(1 + exp x)
    for ours in (ours_of(x, torch.zeros_like(x), reduction="none"), ours_of(-x, torch.ones_like(x), reduction="none")):
        assert ((ours - exact) / exact).abs().max() <= 4 * torch.finfo(dtype).eps
    x.requires_grad_()
    (gradient,) = torch.autograd.grad(ours_of(x, torch.zeros_like(x), reduction="sum"), x)
    sigma = x.detach().double().sigmoid()
    assert ((gradient - sigma) / sigma).abs().max() <= 100 * torch.finfo(dtype).eps  # exp(−80) has 80 · eps itself
    assert theirs_of(torch.tensor(-50.0), torch.tensor(0.0)) == 0  # torch: nothing is left of 1.9e-22


def test_infinite_logits_cost_nothing_or_infinity():
    x = torch.tensor([inf, inf, -inf, -inf], requires_grad=True)
    t = torch.tensor([1.0, 0.0, 0.0, 1.0], requires_grad=True)
    loss = ours_of(x, t, reduction="none")
    assert loss.tolist() == [0, inf, 0, inf]
    to_x, to_t = torch.autograd.grad(loss.sum(), (x, t))
    assert to_x.tolist() == [0, 1, 0, -1]
    assert not to_t.isnan().any()
    assert ours_of(torch.tensor(torch.nan), torch.tensor(0.0)).isnan()


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_no_numbers_as_in_torch(reduction, close):
    x = torch.zeros(0, 3)
    close(ours_of(x, x, reduction=reduction), theirs_of(x, x, reduction=reduction), n=0)


def test_first_and_second_derivative(logits_and_targets):
    x, t = logits_and_targets((2, 3))
    w, c = torch.rand(2, 3, dtype=DOUBLE, requires_grad=True), torch.rand(3, dtype=DOUBLE, requires_grad=True)

    def loss(x, t, w, c):
        return tuple(ours_of(x, t, w, reduction=reduction, pos_weight=c) for reduction in ["none", "mean", "sum"])

    torch.autograd.gradcheck(loss, (x, t, w, c))
    torch.autograd.gradgradcheck(loss, (x, t, w, c))


def test_vmap_and_views(logits_and_targets, close):
    x, t = (v.detach() for v in logits_and_targets((4, 6)))
    close(torch.func.vmap(ours_of)(x, t), theirs_of(x, t, reduction="none").mean(1), n=24)
    ours = torch.func.vmap(torch.func.grad(ours_of))(x, t)
    theirs = torch.func.grad(lambda x, t: theirs_of(x, t, reduction="none").mean(1).sum())(x, t)
    close(ours, theirs, n=24)
    close(ours_of(x.t()[::2], t.t()[::2]), theirs_of(x.t()[::2], t.t()[::2]), n=24)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.floats(-700, 700), st.floats(0, 1)), min_size=1, max_size=8))
def test_the_formula_and_what_holds_for_every_input(pairs):
    x, t = torch.tensor(pairs, dtype=DOUBLE).T
    loss = ours_of(x, t, reduction="none")
    assert (loss >= 0).all()
    torch.testing.assert_close(loss, formulas.binary_cross_entropy_with_logits(x, t), rtol=1e-14, atol=0)
    torch.testing.assert_close(loss, ours_of(-x, 1 - t, reduction="none"), rtol=1e-14, atol=1e-13)
    two = losses.cross_entropy(torch.stack([torch.zeros_like(x), x], 1), torch.stack([1 - t, t], 1), reduction="none")
    torch.testing.assert_close(loss, two, rtol=1e-14, atol=1e-13)


X, T = torch.zeros(4, 3), torch.full((4, 3), 0.5)


@pytest.mark.parametrize(
    ("argument", "args", "kwargs"),
    [
        ("target", (X, T[:2]), {}),
        ("target", (X, T[:1]), {}),
        ("target", (X[:1, 0], T[0, 0]), {}),
        ("target", (X, T.long()), {}),
        ("target", (X, T.bool()), {}),
        ("target", (X, T.to("meta")), {}),
        ("input", (X.long(), T), {}),
        ("input", (X.to(torch.complex64), T), {}),
        ("weight", (X, T, [1.0]), {}),
        ("weight", (X, T, torch.ones(2)), {}),
        ("weight", (X, T, torch.ones(2, 4, 3)), {}),
        ("weight", (X, T, torch.ones(3, dtype=torch.complex64)), {}),
        ("pos_weight", (X, T), {"pos_weight": 2.0}),
        ("pos_weight", (X, T), {"pos_weight": torch.ones(2)}),
        ("pos_weight", (X, T), {"pos_weight": torch.ones(2, 4, 3)}),
        ("pos_weight", (X, T), {"pos_weight": torch.ones(3, dtype=torch.complex64)}),
        ("reduction", (X, T), {"reduction": "batchmean"}),
    ],
)
def test_bad_input_as_in_torch(argument, args, kwargs, both_refuse):
    both_refuse(ours_of, theirs_of, argument, *args, **kwargs)


def test_what_is_no_tensor(refuses):
    refuses(ours_of, TypeError, "input", [0.0], T)
    refuses(ours_of, TypeError, "target", X, 1.0)


def test_deprecated_arguments_warn_and_work_as_in_torch():
    x, t = torch.randn(4, 3), torch.rand(4, 3)
    with pytest.warns(UserWarning, match="reduction='sum'"):
        ours = ours_of(x, t, size_average=False)
    torch.testing.assert_close(ours, theirs_of(x, t, reduction="sum"))


def test_the_module_is_torchs_in_all_but_the_loss(close):
    x, t, w, c = torch.randn(4, 3), torch.rand(4, 3), torch.rand(3), torch.rand(3)
    ours = losses.BCEWithLogitsLoss(w, reduction="sum", pos_weight=c)
    theirs = torch.nn.BCEWithLogitsLoss(w, reduction="sum", pos_weight=c)
    assert isinstance(ours, torch.nn.BCEWithLogitsLoss)
    assert repr(ours) == repr(theirs)
    assert ours.state_dict().keys() == theirs.state_dict().keys()
    close(ours(x, t), theirs(x, t), n=12)
    close(ours.double()(x.double(), t.double()), theirs.double()(x.double(), t.double()), n=12)
