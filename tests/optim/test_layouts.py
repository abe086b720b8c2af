"""Gradients that lie otherwise than their parameters: the steps are torch's, and need no new look at each tensor."""

from functools import partial

import pytest
import torch

from byhand import backend, kernels, optim
from byhand.optim._base import Optimizer

KINDS = {
    "SGD": (optim.SGD, torch.optim.SGD, {"weight_decay": 0.1}),
    "momentum": (optim.SGD, torch.optim.SGD, {"momentum": 0.9, "dampening": 0.2}),
    "Nesterov": (optim.SGD, torch.optim.SGD, {"momentum": 0.9, "nesterov": True, "maximize": True}),
    "AdamW": (optim.AdamW, torch.optim.AdamW, {}),
}


def with_gaps(x):
    return torch.stack([x, x], -1).flatten(-2)[..., ::2]


LAYOUTS = {
    "channels last": lambda x: x.contiguous(memory_format=torch.channels_last),
    "with gaps": with_gaps,
    "transposed": lambda x: x.mT.contiguous().mT,
}


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("kind", KINDS)
def test_gradients_of_other_strides(kind, layout, monkeypatch):
    ours, theirs, options = KINDS[kind]
    generator = torch.Generator().manual_seed(0)
    made = [torch.randn(2, 3, 4, 5, generator=generator) for _ in range(3)]
    sets = [[LAYOUTS[layout](x).detach().requires_grad_() for x in made] for _ in range(2)]
    optimizers = [make(params, lr=0.1, **options) for make, params in zip((ours, theirs), sets, strict=True)]
    for step in range(4):
        has_plan = kernels.current() == "auto" and (kind != "AdamW" or layout == "with gaps")
        if step == 2 and has_plan:  # these need no copies of the gradients
            monkeypatch.setattr(Optimizer, "_step_without_plan", lambda *_: pytest.fail("no plan was made"))
        for a, b in zip(*sets, strict=True):
            a.grad = torch.randn(2, 3, 4, 5, generator=generator)
            b.grad = a.grad.clone()
        for optimizer in optimizers:
            optimizer.step()
        for a, b in zip(*sets, strict=True):
            torch.testing.assert_close(a, b)
            assert a.stride() == b.stride()


@pytest.mark.parametrize("kind", KINDS)
def test_an_engine_that_is_chosen_copies_them(kind, monkeypatch):
    monkeypatch.undo()  # all engines load
    ours, theirs, options = KINDS[kind]
    x, g = torch.randn(2, 3, 4, 5), torch.randn(2, 3, 4, 5)
    a, b = (LAYOUTS["channels last"](x).detach().requires_grad_() for _ in range(2))
    for p, make, chosen in ((a, ours, "numba"), (b, theirs, "auto")):
        p.grad = g
        with backend(chosen):
            partial(make, lr=0.1, **options)([p]).step()
    torch.testing.assert_close(a, b)


def test_parameters_that_have_gradients_in_turn_keep_their_plans(monkeypatch):
    params = [torch.randn(3, requires_grad=True) for _ in range(6)]
    optimizer = optim.SGD(params, lr=0.1, momentum=0.9)
    for step in range(8):
        if step == 4 and kernels.current() == "auto":
            monkeypatch.setattr(Optimizer, "_step_without_plan", lambda *_: pytest.fail("no plan was made"))
        before = [p.detach().clone() for p in params]
        for i, p in enumerate(params):
            p.grad = torch.ones(3) if (i + step) % 2 else None
        optimizer.step()
        for i, (p, old) in enumerate(zip(params, before, strict=True)):
            assert torch.equal(p, old) == ((i + step) % 2 == 0)
