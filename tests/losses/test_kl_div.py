"""kl_div beside torch's, and where torch gives nan."""

import itertools
import math

import pytest
import torch
import torch.nn.functional as F

from byhand import losses

DOUBLE, SINGLE, HALVES = torch.float64, torch.float32, (torch.bfloat16, torch.float16)
inf = float("inf")


@pytest.fixture
def pair():
    def make(shape, log_target, dtype=DOUBLE, other=None):
        x = (2 * torch.randn(shape, dtype=DOUBLE)).log_softmax(-1)
        t = (2 * torch.randn(shape, dtype=DOUBLE)).log_softmax(-1)
        t = t if log_target else t.exp()
        return x.to(dtype).requires_grad_(), t.to(other or dtype).requires_grad_()

    return make


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
@pytest.mark.parametrize("dtype", [DOUBLE, SINGLE], ids=str)
@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum", "batchmean"])
def test_as_in_torch(reduction, log_target, dtype, pair, close, gradients):
    for shape in [(), (5,), (4, 5), (2, 3, 4)]:
        x, t = pair(shape, log_target, dtype)
        views = [(x, t)]
        if len(shape) > 1:
            views += [(x, t[:1]), (x[:1], t), (x[:, 1:2], t), (x.mT, t.mT), (x[..., ::2], t[..., ::2])]
        for a, b in views:
            ours = losses.kl_div(a, b, reduction=reduction, log_target=log_target)
            theirs = F.kl_div(a, b, reduction=reduction, log_target=log_target)
            close(ours, theirs, n=4 * max(x.numel(), 1))
            for our_gradient, their_gradient in zip(gradients(ours, x, t), gradients(theirs, x, t), strict=True):
                close(our_gradient, their_gradient, n=4 * max(x.numel(), 1))


@pytest.mark.parametrize("log_target", [False, True])
@pytest.mark.parametrize("lie", [lambda x: x[..., ::2], lambda x: x[..., ::2].mT, lambda x: x[:, :6].mT], ids=range(3))
def test_a_gradient_of_numbers_with_gaps_alone(lie, log_target, pair, close):
    """Of targets with gaps, dense ones, and dense ones in another order, none of which needs a gradient."""
    q, p = (lie(x.detach()) for x in pair((6, 12), log_target))
    for target in (p, p.contiguous(), p.mT.contiguous().mT):
        x = q.detach().requires_grad_()
        up, grads = torch.rand(x.shape, dtype=x.dtype), []
        for module in (losses, F):
            loss = module.kl_div(x, target, reduction="none", log_target=log_target)
            grads.append(torch.autograd.grad(loss, x, up)[0])
        close(*grads, n=4)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum", "batchmean"])
@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides")
def test_no_numbers_as_in_torch(reduction, close):
    x = torch.zeros(0, 3)
    close(losses.kl_div(x, x, reduction=reduction), F.kl_div(x, x, reduction=reduction), n=0)


@pytest.mark.parametrize(("input", "target"), [*itertools.product([*HALVES, SINGLE, DOUBLE], repeat=2)], ids=str)
@pytest.mark.parametrize("log_target", [False, True])
def test_dtypes_promote_and_autocast_as_in_torch(log_target, input, target, pair, close):
    x, t = pair((4, 5), log_target, input, target)
    ours = losses.kl_div(x, t, reduction="sum", log_target=log_target)
    theirs = F.kl_div(x, t, reduction="sum", log_target=log_target)
    assert ours.dtype == theirs.dtype
    least = max(input, target, key=lambda dtype: torch.finfo(dtype).eps)
    close(ours.to(least), theirs.to(least), n=40)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        ours = losses.kl_div(x, t, reduction="sum", log_target=log_target)
        theirs = F.kl_div(x, t, reduction="sum", log_target=log_target)
        close(ours.to(least), theirs.to(least), n=40)
        assert ours.dtype == theirs.dtype


@pytest.mark.parametrize("dtype", HALVES, ids=str)
def test_halves_are_computed_in_float32_and_rounded_once(dtype, pair):
    x, t = pair((4, 5), False, dtype)
    in_float32 = losses.kl_div(x.float(), t.float(), reduction="batchmean")
    assert torch.equal(losses.kl_div(x, t, reduction="batchmean"), in_float32.to(dtype))


@pytest.mark.parametrize("log_target", [False, True])
def test_a_target_of_zero_costs_nothing(log_target):
    p = torch.tensor([0.0, 0.0, 0.5, 1.0], dtype=DOUBLE)
    x = torch.tensor([-inf, -1.0, 0.0, -inf], dtype=DOUBLE)
    t = p.log() if log_target else p
    assert F.kl_div(x, t, reduction="none", log_target=log_target)[0].isnan()
    ours = losses.kl_div(x, t, reduction="none", log_target=log_target)
    assert ours.tolist() == [0, 0, 0.5 * math.log(0.5), inf]
    x, t = x[:3].clone().requires_grad_(), t[:3].clone().requires_grad_()
    ours = losses.kl_div(x, t, reduction="sum", log_target=log_target)
    for gradient in torch.autograd.grad(ours, (x, t)):
        assert gradient[:2].tolist() == [0, 0]
        assert gradient[2].isfinite()


def test_what_torch_calls_nan_for_a_reason():
    assert losses.kl_div(torch.tensor([0.0]), torch.tensor([-0.5]), reduction="sum").isnan()
    assert losses.kl_div(torch.tensor([0.0]), torch.tensor([torch.nan]), reduction="sum").isnan()
    assert losses.kl_div(torch.tensor([torch.nan]), torch.tensor([0.5]), reduction="sum").isnan()


@pytest.mark.parametrize("log_target", [False, True])
def test_it_is_kl_divergence_with_its_arguments_turned(log_target, pair, close):
    x, t = pair((4, 5), log_target)
    given = "log_probs" if log_target else "probs"
    turned = losses.kl_divergence(t, x if log_target else x.exp(), given=given)
    close(losses.kl_div(x, t, reduction="batchmean", log_target=log_target), turned, n=20)


@pytest.mark.parametrize("log_target", [False, True])
def test_first_and_second_derivative(log_target, pair):
    x, t = pair((2, 3), log_target)

    def loss(x, t):
        reductions = ["none", "sum", "batchmean"]
        return tuple(losses.kl_div(x, t, reduction=reduction, log_target=log_target) for reduction in reductions)

    torch.autograd.gradcheck(loss, (x, t))
    torch.autograd.gradgradcheck(loss, (x, t))


def test_vmap(pair, close):
    x, t = (v.detach() for v in pair((4, 5), False))
    ours = torch.func.vmap(torch.func.grad(lambda x, t: losses.kl_div(x, t, reduction="sum")))(x, t)
    close(ours, -t, n=1)


X, T = torch.zeros(4, 3), torch.full((4, 3), 1 / 3)


@pytest.mark.parametrize(
    ("argument", "args", "kwargs"),
    [
        ("input", ([0.0], T), {}),
        ("target", (X, None), {}),
        ("input", (X.long(), T), {}),
        ("input", (X.to(torch.complex64), T), {}),
        ("target", (X, T.bool()), {}),
        ("target", (X, T.long()), {"log_target": True}),
        ("target", (X, T[:3]), {}),
        ("target", (X, T.to("meta")), {}),
        ("log_target", (X, T), {"log_target": "no"}),
        ("log_target", (X, T), {"log_target": 1}),
        ("reduction", (X, T), {"reduction": "average"}),
    ],
)
def test_bad_input_as_in_torch(argument, args, kwargs, both_refuse):
    both_refuse(losses.kl_div, F.kl_div, argument, *args, **({"reduction": "sum"} | kwargs))


def test_the_mean_over_all_numbers_warns_as_in_torch():
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size"):
        ours = losses.kl_div(X, T)
    with pytest.warns(UserWarning, match="'batchmean' divides only by the batch size"):
        theirs = F.kl_div(X, T)
    assert ours == theirs


@pytest.mark.parametrize("deprecated", [{"size_average": True}, {"size_average": False}, {"reduce": False}], ids=str)
def test_deprecated_arguments_warn_and_work_as_in_torch(deprecated, pair, close):
    x, t = pair((4, 3), False)
    with pytest.warns(UserWarning, match="deprecated") as warned:
        ours = losses.kl_div(x, t, **deprecated)
    assert len(warned) == 1
    with pytest.warns(UserWarning, match="deprecated"):
        theirs = F.kl_div(x, t, **deprecated)
    close(ours, theirs, n=12)


def test_the_module_is_torchs_in_all_but_the_loss(pair, close):
    for log_target in (False, True):
        x, t = pair((4, 3), log_target)
        ours = losses.KLDivLoss(reduction="batchmean", log_target=log_target)
        theirs = torch.nn.KLDivLoss(reduction="batchmean", log_target=log_target)
        assert isinstance(ours, torch.nn.KLDivLoss)
        assert repr(ours) == repr(theirs)
        close(ours(x, t), theirs(x, t), n=12)
