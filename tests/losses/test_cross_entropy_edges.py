"""Cross-entropy where values are undefined or infinite, z-loss, and derivatives of both orders."""

import itertools

import pytest
import torch
import torch.nn.functional as F
from scipy.special import logsumexp

from byhand import formulas, losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
inf, nan = float("inf"), float("nan")
SHAPES = [(5,), (4, 5), (1, 1), (3, 5, 2), (2, 5, 2, 3), (2, 3, 1, 2, 2)]
REDUCTIONS = ["none", "mean", "sum"]


# ---- undefined cases


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_no_rows_as_in_torch(reduction, smoothing, close, some):
    for shape in [(0, 3), (0, 3, 2), (2, 3, 0)]:
        x, y, t, w = torch.zeros(shape), some.classes(shape), torch.zeros(shape), torch.ones(3)
        for target, weight in itertools.product([y, t], [None, w]):
            ours = losses.cross_entropy(x, target, weight, reduction=reduction, label_smoothing=smoothing)
            theirs = F.cross_entropy(x, target, weight, reduction=reduction, label_smoothing=smoothing)
            close(ours, theirs, n=0)


@pytest.mark.draw(6)
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_all_rows_ignored_as_in_torch(reduction, smoothing, close, some):
    for shape in [(3,), (2, 3), (2, 3, 4)]:
        x, y, w = some.input(shape), torch.full_like(some.classes(shape), 7), some.weight(shape)
        for weight in (None, w):
            ours = losses.cross_entropy(x, y, weight, None, 7, None, reduction, smoothing)
            theirs = F.cross_entropy(x, y, weight, None, 7, None, reduction, smoothing)
            close(ours, theirs, n=0)


@pytest.mark.parametrize("reduction", REDUCTIONS)
def test_no_classes_as_in_torch(reduction, close):
    x, t = torch.zeros(2, 0), torch.zeros(2, 0)
    close(losses.cross_entropy(x, t, reduction=reduction), F.cross_entropy(x, t, reduction=reduction), n=0)
    x, y = torch.zeros(0, 0), torch.zeros(0, dtype=torch.int64)
    close(losses.cross_entropy(x, y, reduction=reduction), F.cross_entropy(x, y, reduction=reduction), n=0)


def test_an_impossible_class_of_probability_zero_costs_nothing():
    x = torch.tensor([[0.0, 0.0, -inf]], dtype=DOUBLE, requires_grad=True)
    t = torch.tensor([[0.25, 0.75, 0.0]], dtype=DOUBLE, requires_grad=True)
    assert F.cross_entropy(x, t).isnan()
    loss = losses.cross_entropy(x, t)
    alone = losses.cross_entropy(x[:, :2], t[:, :2])
    assert loss == alone
    to_x, to_t = torch.autograd.grad(loss, (x, t))
    assert to_x.tolist() == [[0.25, -0.25, 0.0]]
    assert torch.equal(to_t, torch.tensor([[2.0, 2.0, 1.0]], dtype=DOUBLE).log())


def test_an_impossible_class_of_weight_zero_costs_nothing():
    x, y, w = torch.tensor([[0.0, -inf]]), torch.tensor([1]), torch.tensor([1.0, 0.0])
    assert F.cross_entropy(x, y, w, reduction="sum").isnan()
    assert losses.cross_entropy(x, y, w, reduction="sum") == 0


def test_a_class_that_happens_though_impossible_costs_infinity(close, gradients):
    x, y = torch.tensor([[0.0, -inf], [1000.0, 0.0]], requires_grad=True), torch.tensor([1, 1])
    ours = losses.cross_entropy(x, y, reduction="none")
    theirs = F.cross_entropy(x, y, reduction="none")
    assert ours.tolist() == [inf, 1000]
    assert torch.equal(ours, theirs)
    close(*gradients(ours, x), *gradients(theirs, x), n=2)


def test_an_ignored_row_may_hold_anything():
    x = torch.tensor([[nan, 0.0], [inf, 1.0], [-inf, -inf], [0.0, 0.0]], requires_grad=True)
    y = torch.tensor([-100, -100, -100, 1])
    for options in ({}, {"label_smoothing": 0.5}, {"z_loss": 0.1}, {"weight": torch.tensor([1.0, 2.0])}):
        (gradient,) = torch.autograd.grad(losses.cross_entropy(x, y, **options), x)
        assert torch.equal(gradient[:3], torch.zeros(3, 2))
        assert gradient[3].isfinite().all()
    assert torch.autograd.grad(F.cross_entropy(x, y), x)[0].isnan().any()


def test_a_row_of_nan_is_nan():
    x, y = torch.tensor([[nan, 0.0], [0.0, 0.0]]), torch.tensor([1, 1])
    assert losses.cross_entropy(x, y, reduction="none").isnan().tolist() == [True, False]
    assert losses.cross_entropy(x, F.one_hot(y, 2).float(), reduction="none").isnan().tolist() == [True, False]


def test_large_and_shifted_logits_keep_their_digits(close):
    x = torch.tensor([[0.0, 1.0, 2.0], [1e4, 1e4 + 1, 1e4 + 2], [-1e30, 0.0, 1.0]])
    y = torch.tensor([2, 2, 0])
    exact = formulas.cross_entropy_with_logits(x.double(), y)
    close(losses.cross_entropy(x, y, reduction="none")[:2], exact[:2].float(), n=4)
    assert losses.cross_entropy(x, y, reduction="none")[2] == torch.tensor(1e30)


# ---- z-loss


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_z_loss_is_the_mean_of_squared_log_z(shape, close, some):
    x, y, t, w = some.input(shape), some.classes(shape), some.probabilities(shape), some.weight(shape)
    log_z = torch.as_tensor(logsumexp(x.detach().numpy(), axis=min(1, len(shape) - 1)), dtype=DOUBLE)
    for target, weight in itertools.product([y, t], [None, w]):
        for reduction, z in (("none", log_z**2), ("sum", (log_z**2).sum()), ("mean", (log_z**2).mean())):
            ours = losses.cross_entropy(x, target, weight, reduction=reduction, z_loss=0.5)
            theirs = F.cross_entropy(x, target, weight, reduction=reduction) + 0.5 * z
            close(ours, theirs, n=4 * x.numel())


def test_z_loss_leaves_out_ignored_rows_and_weights(close, some):
    x, y, w = some.input((4, 3)), torch.tensor([0, -100, 2, -100]), some.weight((4, 3))
    z = 0.5 * x.logsumexp(-1) ** 2
    ours = losses.cross_entropy(x, y, w, z_loss=0.5)
    close(ours, F.cross_entropy(x, y, w) + (z[0] + z[2]) / 2, n=12)
    rows = losses.cross_entropy(x, y, w, reduction="none", z_loss=0.5)
    assert rows[1] == rows[3] == 0
    close(losses.cross_entropy(x, y, w, reduction="sum", z_loss=0.5), rows.sum(), n=12)
    assert losses.cross_entropy(x, torch.full((4,), -100), z_loss=0.5).isnan()


# ---- derivatives

OPTIONS = [{}, {"label_smoothing": 0.2, "z_loss": 0.3}]


@pytest.mark.draw(4)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("weighted", [False, True])
def test_first_and_second_derivative(weighted, options, some):
    x, y, t = some.input((3, 3)), torch.tensor([0, -100, 2]), some.probabilities((3, 3))
    w = [some.weight((3, 3)).requires_grad_()] if weighted else []

    def of_classes(x, *w):
        return tuple(losses.cross_entropy(x, y, *w, reduction=reduction, **options) for reduction in REDUCTIONS)

    def of_probabilities(x, t, *w):
        return tuple(losses.cross_entropy(x, t, *w, reduction=reduction, **options) for reduction in REDUCTIONS)

    torch.autograd.gradcheck(of_classes, (x, *w))
    torch.autograd.gradgradcheck(of_classes, (x, *w))
    torch.autograd.gradcheck(of_probabilities, (x, t, *w))
    torch.autograd.gradgradcheck(of_probabilities, (x, t, *w))


def test_torch_func_grad_and_vmap(close, some):
    x, y, t = some.input((6, 4, 5)).detach(), torch.randint(5, (6, 4)), some.probabilities((6, 4, 5)).detach()
    y[0, 0] = -100
    for target in (y, t):
        ours = torch.func.vmap(torch.func.grad(lambda x, t: losses.cross_entropy(x, t, z_loss=0.0)))(x, target)
        theirs = torch.stack([torch.func.grad(F.cross_entropy)(x[i], target[i]) for i in range(6)])
        close(ours, theirs, n=20)
        ours = torch.func.vmap(losses.cross_entropy, in_dims=(0, None))(x, target[1])
        theirs = torch.stack([F.cross_entropy(x[i], target[1]) for i in range(6)])
        close(ours, theirs, n=20)
        ours = torch.func.jacrev(torch.func.grad(losses.cross_entropy))(x[0], target[0])
        theirs = torch.func.jacrev(torch.func.grad(F.cross_entropy))(x[0], target[0])
        close(ours, theirs, n=20)


def test_classes_out_of_range_are_seen_under_vmap_too():
    x, y = torch.zeros(2, 3, 4), torch.tensor([[0, 1, 2], [3, 4, 0]])
    with pytest.raises(IndexError, match=r"^`target` of `cross_entropy` must be .* in \[0, 4\), got 4\.$"):
        torch.func.vmap(losses.cross_entropy)(x, y)


@pytest.mark.parametrize("options", [{}, {"weight": True}, {"label_smoothing": 0.1}, {"reduction": "none"}], ids=str)
@pytest.mark.parametrize("classes", [5, 300, 40000])
@pytest.mark.parametrize("lies", ["contiguous", "strided", "expanded"])
def test_one_row_of_any_length_and_strides(close, options, classes, lies):
    """A single class is no class probabilities, whatever shape it has on the way."""
    make = {
        "contiguous": lambda: torch.randn(classes).double(),
        "strided": lambda: torch.randn(2 * classes).double()[::2],
        "expanded": lambda: torch.randn(1).double().expand(classes),
    }
    rest = options | {"weight": torch.rand(classes).double()} if "weight" in options else options
    x, y = make[lies]().requires_grad_(), torch.tensor(3)
    found, expected = losses.cross_entropy(x, y, **rest), F.cross_entropy(x, y, **rest)
    close(found, expected, 64)
    close(*(torch.autograd.grad(loss, x)[0] for loss in (found, expected)), 64)
