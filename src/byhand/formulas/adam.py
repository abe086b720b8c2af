"""Adam: momentum with a separate step size for every element.

    g ← g + λ · θ                      only if λ > 0: L2, the decay is part of the gradient
    m ← β₁ · m + (1 − β₁) · g          mean of the gradients, m = 0 before the first step
    v ← β₂ · v + (1 − β₂) · g²         mean of their squares, v = 0 before the first step
    m̂ = m / (1 − β₁ᵗ)                  both means start at 0 and are too small by just this
    v̂ = v / (1 − β₂ᵗ)                  factor: after t = 1 steps m = (1 − β₁) · g, and m̂ = g
    θ ← θ − lr · m̂ / (√v̂ + ε)

The first step moves every element by about lr, whatever the size of its gradient. If g is always 0, the step is
0 / ε = 0.

Source: Kingma & Ba, Adam: A Method for Stochastic Optimization, 2015, Algorithm 1.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from byhand._shapes import Float


def adam_step(
    theta: Float[Tensor, "*s"],
    g: Float[Tensor, "*s"],
    m: Float[Tensor, "*s"],
    v: Float[Tensor, "*s"],
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 0.0,
) -> tuple[Float[Tensor, "*s"], Float[Tensor, "*s"], Float[Tensor, "*s"]]:
    """θ, m and v after step number t = 1, 2, …; all have the same shape.

    >>> zero = torch.tensor([0.0, 0.0])
    >>> theta, m, v = adam_step(torch.tensor([1.0, 2.0]), torch.tensor([0.5, -3.0]), zero, zero, t=1, lr=0.1)
    >>> theta
    tensor([0.9000, 2.1000])
    """
    g = g + weight_decay * theta
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * m_hat / (v_hat.sqrt() + eps)
    return theta, m, v


class Adam:
    """Keeps m, v and t of each parameter. A parameter without gradient is not changed, nor is its state."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        self.params = list(params)
        self.options = (lr, *betas, eps, weight_decay)
        self.m = [torch.zeros_like(theta) for theta in self.params]
        self.v = [torch.zeros_like(theta) for theta in self.params]
        self.t = [0 for _ in self.params]

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for i, theta in enumerate(self.params):
            if theta.grad is not None:
                self.t[i] += 1
                moved, self.m[i], self.v[i] = adam_step(
                    theta, theta.grad, self.m[i], self.v[i], self.t[i], *self.options
                )
                theta.copy_(moved)

    def zero_grad(self) -> None:
        """Set the gradients to None."""
        for theta in self.params:
            theta.grad = None
