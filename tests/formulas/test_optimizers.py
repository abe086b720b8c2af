"""The four optimizers of the formulas against torch.optim, in float64, on gradients that tell mistakes apart."""

import pytest
import torch

from byhand import formulas
from pairs import assert_close, make_params, walk

CASES = [
    (formulas.SGD, torch.optim.SGD, {"lr": 0.03}, {"lr": 0.03}),
    (formulas.Momentum, torch.optim.SGD, {"lr": 0.03, "mu": 0.8}, {"lr": 0.03, "momentum": 0.8}),
    *(
        (ours, theirs, options, options)
        for ours, theirs in ((formulas.Adam, torch.optim.Adam), (formulas.AdamW, torch.optim.AdamW))
        for options in ({}, {"lr": 0.03, "betas": (0.7, 0.95), "eps": 1e-3}, {"lr": 0.03, "weight_decay": 0.2})
    ),
]


@pytest.mark.parametrize(("ours", "theirs", "a", "b"), CASES)
def test_steps_are_those_of_torch(ours, theirs, a, b):
    p, q = make_params(torch.float64), make_params(torch.float64)
    assert_close(walk(ours(p, **a), p)[0], walk(theirs(q, **b), q)[0], ulps=64, floor=1e-15)


@pytest.mark.parametrize("make", [formulas.SGD, formulas.Momentum, formulas.Adam, formulas.AdamW])
def test_books(make):
    """A generator will do; parameters move in place and without a graph; zero_grad forgets."""
    p = make_params(torch.float64)
    optimizer = make(x for x in p)
    addresses = [x.data_ptr() for x in p]
    before = [x.detach().clone() for x in p]
    walk(optimizer, p, 4)
    assert [x.data_ptr() for x in p] == addresses
    assert all(x.is_leaf for x in p)
    assert all(x.numel() == 0 or not torch.equal(x.detach(), y) for x, y in zip(p, before, strict=True))
    optimizer.zero_grad()
    assert all(x.grad is None for x in p)


@pytest.mark.parametrize(
    ("step", "states"),
    [
        (formulas.sgd_step, 0),
        (formulas.momentum_step, 1),
        (lambda theta, g, m, v: formulas.adam_step(theta, g, m, v, t=3, weight_decay=0.1), 2),
        (lambda theta, g, m, v: formulas.adamw_step(theta, g, m, v, t=3), 2),
    ],
    ids=["sgd", "momentum", "adam", "adamw"],
)
def test_steps_are_pure_and_differentiable(step, states):
    """No argument changes, and autograd goes through."""
    inputs = [torch.rand(2, 3).double().requires_grad_() for _ in range(2 + states)]
    before = [x.detach().clone() for x in inputs]
    step(*inputs)
    assert_close([x.detach() for x in inputs], before)
    assert torch.autograd.gradcheck(step, inputs)
