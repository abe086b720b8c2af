"""Momentum: SGD along a decaying sum of the gradients.

    v ← μ · v + g             v = 0 before the first step
    θ ← θ − lr · v

v is a sum of past gradients in which older ones count less. Along a valley the terms have one sign and add up, to
g / (1 − μ) if g is constant; across it they alternate and cancel. μ = 0 is SGD.

Source: Polyak, Some methods of speeding up the convergence of iteration methods, 1964; Sutskever, Martens, Dahl &
Hinton, On the importance of initialization and momentum in deep learning, 2013, eqs. (1) and (2). There lr is inside
v; here, as in PyTorch, it multiplies v, so that a change of lr acts on all of v at once.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from byhand._shapes import Float


def momentum_step(
    theta: Float[Tensor, "*s"],
    g: Float[Tensor, "*s"],
    v: Float[Tensor, "*s"],
    lr: float = 1e-3,
    mu: float = 0.9,
) -> tuple[Float[Tensor, "*s"], Float[Tensor, "*s"]]:
    """θ and v after one step; all have the same shape.

    >>> theta, v = momentum_step(torch.tensor([1.0]), torch.tensor([0.5]), torch.tensor([1.0]), lr=0.1, mu=0.9)
    >>> theta, v
    (tensor([0.8600]), tensor([1.4000]))
    """
    v = mu * v + g
    theta = theta - lr * v
    return theta, v


class Momentum:
    """Keeps one v per parameter. A parameter without gradient is not changed, nor is its v."""

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-3, mu: float = 0.9) -> None:
        self.params = list(params)
        self.lr, self.mu = lr, mu
        self.v = [torch.zeros_like(theta) for theta in self.params]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for i, theta in enumerate(self.params):
            if theta.grad is not None:
                moved, self.v[i] = momentum_step(theta, theta.grad, self.v[i], self.lr, self.mu)
                theta.copy_(moved)

    def zero_grad(self) -> None:
        """Set the gradients to None."""
        for theta in self.params:
            theta.grad = None
