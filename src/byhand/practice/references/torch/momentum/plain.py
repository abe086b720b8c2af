"""Momentum with tensors."""

import torch


class Momentum:
    """SGD along a decaying sum of the gradients.

    >>> w = torch.tensor([1.0])
    >>> optimizer = Momentum([w], lr=0.1, mu=0.9)
    >>> for _ in range(2):
    ...     w.grad = torch.tensor([0.5])
    ...     optimizer.step()
    >>> w
    tensor([0.8550])
    """

    def __init__(self, params, lr=0.001, mu=0.9):
        self.params = list(params)
        self.lr = lr
        self.mu = mu
        self.v = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.v[i] = self.mu * self.v[i] + p.grad
            p -= self.lr * self.v[i]

    def zero_grad(self):
        for p in self.params:
            p.grad = None
