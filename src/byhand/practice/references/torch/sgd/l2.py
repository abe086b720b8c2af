"""SGD with L2, with tensors."""

import torch


class SGD:
    """A step against the gradient of the loss and of an L2 penalty.

    >>> w = torch.tensor([1.0, 2.0])
    >>> w.grad = torch.tensor([0.5, -0.5])
    >>> SGD([w], lr=0.1, weight_decay=0.5).step()
    >>> w
    tensor([0.9000, 1.9500])
    """

    def __init__(self, params, lr=0.001, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            g = p.grad + self.weight_decay * p
            p -= self.lr * g

    def zero_grad(self):
        for p in self.params:
            p.grad = None
