"""SGD: a step against the gradient.

    θ ← θ − lr · g

g is the gradient of the loss on this step's samples: a noisy but unbiased estimate of the full gradient. Because of the
noise, θ settles only if lr shrinks or stays small.

Source: Robbins & Monro, A Stochastic Approximation Method, 1951; in this form Bottou, Curtis & Nocedal, Optimization
Methods for Large-Scale Machine Learning, 2018, eq. (3.7).
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor

from byhand._shapes import Float


def sgd_step(theta: Float[Tensor, "*s"], g: Float[Tensor, "*s"], lr: float = 1e-3) -> Float[Tensor, "*s"]:
    """θ after one step; θ and g have the same shape.

    >>> sgd_step(torch.tensor([1.0, 2.0]), torch.tensor([0.5, -0.5]), lr=0.1)
    tensor([0.9500, 2.0500])
    """
    return theta - lr * g


class SGD:
    """Keeps the parameters and the learning rate. Updates in place; a parameter without gradient is not changed."""

    def __init__(self, params: Iterable[Tensor], lr: float = 1e-3) -> None:
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self) -> None:
        """Update every parameter that has a gradient."""
        for theta in self.params:
            if theta.grad is not None:
                theta.copy_(sgd_step(theta, theta.grad, self.lr))

    def zero_grad(self) -> None:
        """Set the gradients to None."""
        for theta in self.params:
            theta.grad = None
