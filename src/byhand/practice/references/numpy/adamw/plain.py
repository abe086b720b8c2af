"""AdamW with arrays."""

import numpy as np


class AdamW:
    """Adam with weight decay outside the means.

    >>> w = np.array([1.0, 2.0])
    >>> AdamW(lr=0.1, weight_decay=0.5).step([w], [np.array([0.5, 0.0])])
    >>> w
    array([0.85, 1.9 ])
    """

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.weight_decay = weight_decay
        self.m = None
        self.v = None
        self.t = 0

    def step(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(w) for w in params]
            self.v = [np.zeros_like(w) for w in params]
        self.t += 1
        for i, (w, g) in enumerate(zip(params, grads, strict=True)):
            self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
            self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
            m_hat = self.m[i] / (1 - self.beta1**self.t)
            v_hat = self.v[i] / (1 - self.beta2**self.t)
            w -= self.lr * self.weight_decay * w
            w -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
