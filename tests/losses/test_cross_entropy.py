"""Cross-entropy beside torch's: the same expression in both, line under line."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import xlogy

from byhand import formulas, losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
inf, nan = float("inf"), float("nan")
SHAPES = [(5,), (4, 5), (1, 1), (3, 5, 2), (2, 5, 2, 3), (2, 3, 1, 2, 2)]
REDUCTIONS = ["none", "mean", "sum"]


# ---- the same expression in both libraries, line under line


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_classes_as_in_torch(shape, reduction, dtype, close, gradients, some):
    x, y = some.input(shape, dtype), some.classes(shape)
    some_ignored = y.where(torch.arange(y.numel()).reshape(y.shape) % 3 != 1, -100)
    for weight, smoothing, (target, ignored) in itertools.product(
        [None, some.weight(shape, dtype)], [0.0, 0.1, 1.0], [(y, -100), (y, 0), (some_ignored, -100)]
    ):
        ours = losses.cross_entropy(x, target, weight, None, ignored, None, reduction, smoothing)
        theirs = F.cross_entropy(x, target, weight, None, ignored, None, reduction, smoothing)
        close(ours, theirs, n=4 * x.numel())
        for our_gradient, their_gradient in zip(gradients(ours, x), gradients(theirs, x), strict=True):
            close(our_gradient, their_gradient, n=4 * x.numel())


@pytest.mark.draw(4)
@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE], ids=str)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_class_probabilities_as_in_torch(shape, reduction, dtype, close, gradients, some):
    x, t, w = some.input(shape, dtype), some.probabilities(shape, dtype), some.weight(shape, dtype).requires_grad_()
    for weight, smoothing in itertools.product([None, w], [0.0, 0.1, 1.0]):
        ours = losses.cross_entropy(x, t, weight, reduction=reduction, label_smoothing=smoothing)
        theirs = F.cross_entropy(x, t, weight, reduction=reduction, label_smoothing=smoothing)
        close(ours, theirs, n=4 * x.numel())
        wanted = [x, t] if weight is None else [x, t, weight]
        for our_gradient, their_gradient in zip(gradients(ours, *wanted), gradients(theirs, *wanted), strict=True):
            close(our_gradient, their_gradient, n=4 * x.numel())


def test_class_probabilities_may_hold_zeros(close, gradients, some):
    x, t = some.input((3, 4)), torch.tensor([[0.0, 1, 0, 0], [0.5, 0, 0.5, 0], [0, 0, 0, 0]], dtype=DOUBLE)
    t.requires_grad_()
    close(losses.cross_entropy(x, t), F.cross_entropy(x, t), n=12)
    for our_gradient, their_gradient in zip(
        gradients(losses.cross_entropy(x, t), x, t), gradients(F.cross_entropy(x, t), x, t), strict=True
    ):
        close(our_gradient, their_gradient, n=12)  # at t = 0 it is −log p


@pytest.mark.draw(9)
@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_halves_are_computed_in_float32_and_rounded_once(dtype, reduction, gradients, some):
    x, y, t, w = (
        some.input((6, 7), dtype),
        some.classes((6, 7)),
        some.probabilities((6, 7), dtype),
        some.weight((6, 7), dtype),
    )
    for target, wanted in ((y, [x]), (t, [x, t])):
        wide = [v.detach().float().requires_grad_() for v in wanted]
        ours = losses.cross_entropy(x, target, w, reduction=reduction, label_smoothing=0.1)
        in_float32 = losses.cross_entropy(
            wide[0], wide[1] if target is t else y, w.float(), reduction=reduction, label_smoothing=0.1
        )
        theirs = F.cross_entropy(x, target, w, reduction=reduction, label_smoothing=0.1)
        assert ours.dtype == theirs.dtype == dtype
        assert torch.equal(ours, in_float32.to(dtype))
        upstream = torch.ones_like(ours)
        for our_gradient, wide_gradient in zip(
            torch.autograd.grad(ours, wanted, upstream),
            torch.autograd.grad(in_float32, wide, upstream.float()),
            strict=True,
        ):
            assert torch.equal(our_gradient, wide_gradient.to(dtype))


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_halves_as_in_torch(dtype, close, some):
    x, y, t = some.input((6, 7), dtype), some.classes((6, 7)), some.probabilities((6, 7), dtype)
    close(losses.cross_entropy(x, y), F.cross_entropy(x, y), n=7)  # torch rounds each log p, each product and the sum
    close(losses.cross_entropy(x, t), F.cross_entropy(x, t), n=7)


@pytest.mark.parametrize(
    ("input", "target", "weight"),
    [
        (SINGLE, DOUBLE, None),
        (torch.float16, SINGLE, None),
        (torch.bfloat16, torch.float16, None),
        (SINGLE, SINGLE, DOUBLE),
        (SINGLE, torch.float16, torch.int64),
    ],
    ids=str,
)
def test_dtypes_promote_as_in_torch(input, target, weight, close, some):
    x, t = some.input((4, 5), input), some.probabilities((4, 5), target)
    w = None if weight is None else torch.arange(1, 6).to(weight)
    ours = losses.cross_entropy(x, t, w)
    theirs = F.cross_entropy(x, t, w)
    assert ours.dtype == theirs.dtype
    close(ours.to(input), theirs.to(input), n=20)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_uint8_classes_work_in_every_shape(shape, some):
    x, y = some.input(shape), some.classes(shape)
    assert torch.equal(losses.cross_entropy(x, y.to(torch.uint8)), losses.cross_entropy(x, y))
    if len(shape) < 3:  # torch: there alone
        assert torch.equal(F.cross_entropy(x, y.to(torch.uint8)), F.cross_entropy(x, y))


def test_uint8_156_is_not_minus_100(some):
    x, y = some.input((2, 200)), torch.tensor([156, 3])
    ours = losses.cross_entropy(x, y.to(torch.uint8), reduction="none", label_smoothing=0.1)
    assert torch.equal(ours, losses.cross_entropy(x, y, reduction="none", label_smoothing=0.1))


def test_one_row_may_have_its_class_in_a_list_of_one(close, some):
    x, y = some.input((5,)), torch.tensor([3])
    close(losses.cross_entropy(x, y, reduction="none"), F.cross_entropy(x, y, reduction="none"), n=5)


def test_views_need_not_be_contiguous(close, gradients, some):
    x, y, t = some.input((7, 12)), some.classes((6, 7)), some.probabilities((7, 12))
    for view in (lambda v: v.t()[::2], lambda v: v[:, ::2].t(), lambda v: v[:, :1].expand(7, 6).t()):
        ours = losses.cross_entropy(view(x), y)
        theirs = F.cross_entropy(view(x), y)
        close(ours, theirs, n=42)
        close(*gradients(ours, x), *gradients(theirs, x), n=42)
        ours = losses.cross_entropy(view(x), view(t))
        theirs = F.cross_entropy(view(x), view(t))
        close(ours, theirs, n=42)
        close(gradients(ours, x, t)[1], gradients(theirs, x, t)[1], n=42)


@pytest.mark.parametrize("dtype", [*HALVES, SINGLE, DOUBLE], ids=str)
def test_autocast_as_in_torch(dtype, close, some):
    x, y, t, w = some.input((4, 5), dtype), some.classes((4, 5)), some.probabilities((4, 5), dtype), some.weight((4, 5))
    with torch.autocast("cpu", dtype=torch.bfloat16):
        close(losses.cross_entropy(x, y), F.cross_entropy(x, y), n=20)
        close(losses.cross_entropy(x, t), F.cross_entropy(x, t), n=20)
        close(losses.cross_entropy(x, y, w.to(dtype)), F.cross_entropy(x, y, w.to(dtype)), n=20)


# ---- the formula, and what holds for every input


def test_the_formula(close, some):
    x, y, t = some.input((4, 5)), some.classes((4, 5)), some.probabilities((4, 5))
    close(losses.cross_entropy(x, y, reduction="none"), formulas.cross_entropy_with_logits(x, y), n=5)
    close(losses.cross_entropy(x, t, reduction="none"), formulas.cross_entropy(x.softmax(-1), t), n=20)
    scipy = -xlogy(t.detach().numpy(), x.detach().softmax(-1).numpy()).sum(-1)
    close(losses.cross_entropy(x, t, reduction="none"), torch.as_tensor(scipy), n=20)


logits = st.integers(1, 8).flatmap(
    lambda c: st.lists(st.lists(st.floats(-300, 300, width=32), min_size=c, max_size=c), min_size=1, max_size=4)
)


@settings(max_examples=50, deadline=None)
@given(logits, st.randoms(use_true_random=False), st.floats(0, 1), st.floats(-1000, 1000, width=32))
def test_what_holds_for_every_input(rows, random, smoothing, shift):
    x = torch.tensor(rows, dtype=DOUBLE)
    n, c = x.shape
    y = torch.tensor([random.randrange(c) for _ in range(n)])
    loss = losses.cross_entropy(x, y, reduction="none", label_smoothing=smoothing)
    assert loss.shape == (n,)
    assert (loss >= 0).all()
    tolerance = 4 * (c + 2) * torch.finfo(DOUBLE).eps * (x.abs().max() + abs(shift) + 1)

    order = torch.tensor(random.sample(range(c), c))  # class order[j] moves to j
    permuted = losses.cross_entropy(x[:, order], order.argsort()[y], reduction="none", label_smoothing=smoothing)
    assert (permuted - loss).abs().max() <= tolerance

    shifted = losses.cross_entropy(x + shift, y, reduction="none", label_smoothing=smoothing)
    assert (shifted - loss).abs().max() <= tolerance

    as_probabilities = losses.cross_entropy(x, F.one_hot(y, c).double(), reduction="none", label_smoothing=smoothing)
    assert as_probabilities.shape == (n,)
    assert (as_probabilities - loss).abs().max() <= tolerance
