"""Adam: against torch option by option, and against the formula in float64."""

import copy
import re

import pytest
import torch

import byhand
from byhand import formulas
from pairs import assert_close, make_params, states, walk

OPTIONS = [
    {"lr": 0.05, "betas": (0.7, 0.95), "eps": 1e-3},
    {"weight_decay": 0.1},
    {"weight_decay": 0.1, "maximize": True},
    {"amsgrad": True},
    {"amsgrad": True, "weight_decay": 0.1, "betas": (0.5, 0.6)},
    {"betas": (0.0, 0.0)},
    {"eps": 0.0},
    {"lr": 0.0},
    {"decoupled_weight_decay": True, "weight_decay": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
def test_options(options, dtype):
    p, q = make_params(dtype), make_params(dtype)
    ours, a = walk(byhand.optim.Adam(p, **options), p)
    theirs, b = walk(torch.optim.Adam(q, **options), q)
    for x, y in zip([*ours, *states(a, p)], [*theirs, *states(b, q)], strict=True):
        eps = torch.finfo(dtype).eps if dtype.is_complex else 0  # torch's complex decay multiplies complex numbers
        assert_close([x], [y], ulps=4 if eps else 0, floor=eps, equal_nan=options.get("eps") == 0.0)


@pytest.mark.parametrize("weight_decay", [0.0, 0.2])
def test_is_the_formula(weight_decay):
    options = {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": weight_decay}
    p, q = make_params(torch.float64), make_params(torch.float64)
    ours, _ = walk(byhand.optim.Adam(p, **options), p)
    assert_close(ours, walk(formulas.Adam(q, **options), q)[0], ulps=64, floor=1e-15)


@pytest.mark.parametrize("options", [{"betas": (0.8, 0.9)}, {"betas": (0.8, 0.9), "amsgrad": True}], ids=str)
def test_betas_and_lr_as_tensors(options):
    betas = tuple(torch.tensor(b, dtype=torch.float64) for b in options["betas"])
    tensors = {**options, "betas": betas, "lr": torch.tensor([0.01], dtype=torch.float64)}
    p, q = make_params(torch.float64), make_params(torch.float64)
    ours, _ = walk(byhand.optim.Adam(p, **tensors), p)
    assert_close(ours, walk(byhand.optim.Adam(q, lr=0.01, **options), q)[0])
    r = make_params(torch.float64)
    theirs, _ = walk(torch.optim.Adam(r, **tensors), r)
    # torch rounds the betas' powers to the step's float32
    torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_capturable_is_the_same_step():
    """Counting on the device instead of the host: tensors take the place of numbers, no value changes but by ulps."""
    p, q = make_params(torch.float64), make_params(torch.float64)
    options = {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True}
    ours, a = walk(byhand.optim.Adam(p, capturable=True, **options), p)
    assert_close(ours, walk(byhand.optim.Adam(q, **options), q)[0])
    assert a.state[p[0]]["step"].device == p[0].device


def test_betas_that_need_gradients():
    theta = torch.randn(3, dtype=torch.float64, requires_grad=True)
    beta1, beta2 = (torch.tensor(b, dtype=torch.float64, requires_grad=True) for b in (0.8, 0.95))

    def three_steps(theta, beta1, beta2):
        p = theta.clone()
        options = {"lr": 0.1, "betas": (beta1, beta2), "differentiable": True, "amsgrad": True}
        optimizer = byhand.optim.Adam([p.detach().requires_grad_()], **options)
        optimizer.param_groups[0]["params"] = [p]
        for i in range(3):
            p._grad = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64) * (i + 1)
            optimizer.step()
        return p

    assert torch.autograd.gradcheck(three_steps, (theta, beta1, beta2))


def test_state_made_by_an_optimizer_that_counted_in_numbers():
    """Before 1.12 torch kept ``step`` as a Python number; such files are still about."""
    p, q = make_params(), make_params()
    _, old = walk(torch.optim.Adam(q), q, 3)
    saved = old.state_dict()
    for state in saved["state"].values():
        state["step"] = int(state["step"])
    for x, y in zip(p, q, strict=True):
        x.data.copy_(y.detach())
    ours = byhand.optim.Adam(p)
    ours.load_state_dict(copy.deepcopy(saved))  # loading shares tensors, as torch does
    theirs = torch.optim.Adam(q)
    theirs.load_state_dict(saved)
    assert_close(walk(ours, p)[0], walk(theirs, q)[0])


def test_groups_saved_before_an_option_was_there():
    p = make_params()
    _, optimizer = walk(byhand.optim.Adam(p), p)
    saved = optimizer.state_dict()
    for name in ("maximize", "differentiable", "capturable", "decoupled_weight_decay"):
        del saved["param_groups"][0][name]
    other = byhand.optim.Adam(p)
    other.load_state_dict(saved)
    assert other.param_groups[0] == optimizer.param_groups[0]
    assert_close(walk(other, p)[0], [x.detach() for x in p])


@pytest.mark.parametrize(
    ("argument", "options"),
    [
        ("betas[0]", {"betas": (1.0, 0.9)}),
        ("betas[1]", {"betas": (0.9, -0.1)}),
        ("betas", {"betas": (torch.tensor(0.9), 0.99)}),
        ("betas[0]", {"betas": (torch.tensor([0.9, 0.9]), torch.tensor(0.9))}),
        ("eps", {"eps": -1e-8}),
        ("foreach", {"foreach": True, "lr": torch.tensor(0.1)}),
        ("foreach", {"foreach": True, "betas": (torch.tensor(0.9), torch.tensor(0.9))}),
    ],
    ids=str,
)
def test_bad_options(argument, options):
    with pytest.raises(ValueError, match=re.escape(f"`{argument}` of `Adam` must be ")):
        byhand.optim.Adam(make_params(), **options)
    with pytest.raises((ValueError, RuntimeError)):  # of two elements torch says that a bool is ambiguous
        torch.optim.Adam(make_params(), **options)
