"""SGD with L2, with arrays."""

import numpy as np


class SGD:
    """A step against the gradient of the loss and of an L2 penalty.

    >>> w = np.array([1.0, 2.0])
    >>> SGD(lr=0.1, weight_decay=0.5).step([w], [np.array([0.5, -0.5])])
    >>> w
    array([0.9 , 1.95])
    """

    def __init__(self, lr=0.001, weight_decay=0.0):
        self.lr = lr
        self.weight_decay = weight_decay

    def step(self, params, grads):
        for w, g in zip(params, grads, strict=True):
            g = g + self.weight_decay * w
            w -= self.lr * g
