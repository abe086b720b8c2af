"""AdamW: against torch option by option, and against the formula in float64."""

import copy

import pytest
import torch

import byhand
from byhand import formulas
from pairs import assert_close, make_params, states, walk


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"weight_decay": 0.0},
        {"weight_decay": 0.3, "lr": 0.1},
        {"weight_decay": 0.3, "maximize": True},
        {"weight_decay": 0.3, "amsgrad": True, "betas": (0.5, 0.6)},
    ],
    ids=str,
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64, torch.complex64])
def test_options(options, dtype):
    p, q = make_params(dtype), make_params(dtype)
    ours, a = walk(byhand.optim.AdamW(p, **options), p)
    theirs, b = walk(torch.optim.AdamW(q, **options), q)
    eps = torch.finfo(dtype).eps if dtype.is_complex else 0  # torch's complex decay multiplies complex numbers
    assert_close(ours, theirs, ulps=4 if eps else 0, floor=eps)
    assert_close(states(a, p), states(b, q), ulps=4 if eps else 0, floor=eps)


def test_is_the_formula():
    options = {"lr": 0.03, "betas": (0.8, 0.99), "eps": 1e-6, "weight_decay": 0.2}
    p, q = make_params(torch.float64), make_params(torch.float64)
    ours, _ = walk(byhand.optim.AdamW(p, **options), p)
    assert_close(ours, walk(formulas.AdamW(q, **options), q)[0], ulps=64, floor=1e-15)


def test_the_decay_is_decoupled():
    """A zero gradient: AdamW shrinks the parameter by exactly 1 - lr · λ a step, Adam with L2 by about lr."""
    p, q = (torch.full((3,), 2.0, dtype=torch.float64, requires_grad=True) for _ in range(2))
    for make, x in ((byhand.optim.AdamW, p), (byhand.optim.Adam, q)):
        optimizer = make([x], lr=0.1, weight_decay=0.5)
        x.grad = torch.zeros_like(x)
        optimizer.step()
    torch.testing.assert_close(p.detach(), torch.full((3,), 2.0 * 0.95, dtype=torch.float64), rtol=1e-15, atol=0)
    torch.testing.assert_close(q.detach(), torch.full((3,), 1.9, dtype=torch.float64), rtol=1e-7, atol=0)


def test_is_an_adam_as_in_torch():
    assert issubclass(byhand.optim.AdamW, byhand.optim.Adam)
    assert issubclass(torch.optim.AdamW, torch.optim.Adam)


def test_stays_adamw_after_loading_what_an_adam_saved():
    p, q, r = make_params(), make_params(), make_params()
    _, adam = walk(torch.optim.Adam(r, weight_decay=0.1), r)
    ours, theirs = byhand.optim.AdamW(p), torch.optim.AdamW(q)
    ours.load_state_dict(copy.deepcopy(adam.state_dict()))
    theirs.load_state_dict(adam.state_dict())
    assert_close(walk(ours, p)[0], walk(theirs, q)[0])


def test_bad_options_name_the_class():
    with pytest.raises(ValueError, match="`eps` of `AdamW` must be at least 0, got -1"):
        byhand.optim.AdamW(make_params(), eps=-1.0)
