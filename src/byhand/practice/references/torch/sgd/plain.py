"""SGD with tensors."""

import torch


class SGD:
    """A step against the gradient.

    >>> w = torch.tensor([1.0, 2.0])
    >>> w.grad = torch.tensor([0.5, -0.5])
    >>> SGD([w], lr=0.1).step()
    >>> w
    tensor([0.9500, 2.0500])
    """

    def __init__(self, params, lr=0.001):
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
