"""SGD with arrays."""

import numpy as np


class SGD:
    """A step against the gradient.

    >>> w = np.array([1.0, 2.0])
    >>> SGD(lr=0.1).step([w], [np.array([0.5, -0.5])])
    >>> w
    array([0.95, 2.05])
    """

    def __init__(self, lr=0.001):
        self.lr = lr

    def step(self, params, grads):
        for w, g in zip(params, grads, strict=True):
            w -= self.lr * g
