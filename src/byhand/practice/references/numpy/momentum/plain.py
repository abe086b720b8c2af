"""Momentum with arrays."""

import numpy as np


class Momentum:
    """SGD along a decaying sum of the gradients.

    >>> w = np.array([1.0])
    >>> optimizer = Momentum(lr=0.1, mu=0.9)
    >>> for _ in range(2):
    ...     optimizer.step([w], [np.array([0.5])])
    >>> w
    array([0.855])
    """

    def __init__(self, lr=0.001, mu=0.9):
        self.lr = lr
        self.mu = mu
        self.v = None

    def step(self, params, grads):
        if self.v is None:
            self.v = [np.zeros_like(w) for w in params]
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            self.v[i] = self.mu * self.v[i] + g
            w -= self.lr * self.v[i]
