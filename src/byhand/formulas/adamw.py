"""AdamW: Adam with weight decay outside the means.

    m ← β₁ · m + (1 − β₁) · g          mean of the gradients, m = 0 before the first step
    v ← β₂ · v + (1 − β₂) · g²         mean of their squares, v = 0 before the first step
    m̂ = m / (1 − β₁ᵗ)
    v̂ = v / (1 − β₂ᵗ)
    θ ← θ − lr · λ · θ                 the decay: every element shrinks by the same factor
    θ ← θ − lr · m̂ / (√v̂ + ε)          Adam's step

Adam with L2 adds λ · θ to g and so divides the decay by √v̂: elements with large gradients hardly decay. Here all decay
equally. The decay comes first, but the step does not depend on θ, so the result equals the paper's single line
θ ← θ − lr · (m̂ / (√v̂ + ε) + λ · θ).

Source: Loshchilov & Hutter, Decoupled Weight Decay Regularization, 2019, Algorithm 2. There the decay is
η · λ · θ with a schedule η independent of lr; here, as in PyTorch, lr takes the place of η.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from byhand._shapes import Float


def adamw_step(
    theta: Float[Tensor, "*s"],
    g: Float[Tensor, "*s"],
    m: Float[Tensor, "*s"],
    v: Float[Tensor, "*s"],
    t: int,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[Float[Tensor, "*s"], Float[Tensor, "*s"], Float[Tensor, "*s"]]:
    """θ, m and v after step number t = 1, 2, …; all have the same shape.

    >>> zero, g = torch.tensor([0.0, 0.0]), torch.tensor([0.5, 0.0])
    >>> theta, m, v = adamw_step(torch.tensor([1.0, 2.0]), g, zero, zero, t=1, lr=0.1, weight_decay=0.5)
    >>> theta
    tensor([0.8500, 1.9000])
    """
    m = beta1 * m + (1 - beta1) * g
    v = beta2 * v + (1 - beta2) * g**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - lr * weight_decay * theta
    theta = theta - lr * m_hat / (v_hat.sqrt() + eps)
    return theta, m, v


class AdamW:
    """Keeps m, v and t of each parameter. A parameter without gradient is not changed, and does not decay."""

    def __init__(
        self,
        params: Iterable[Tensor],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
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
                moved, self.m[i], self.v[i] = adamw_step(
                    theta, theta.grad, self.m[i], self.v[i], self.t[i], *self.options
                )
                theta.copy_(moved)

    def zero_grad(self) -> None:
        """Set the gradients to None."""
        for theta in self.params:
            theta.grad = None
