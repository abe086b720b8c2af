# expect: mistaken adamw/decay-sign-flipped
import numpy as np


class AdamW:
    def __init__(self, params, lr=0.001, b1=0.9, b2=0.999, eps=1e-8, wd=0.01):
        self.params, self.lr, self.b1, self.b2, self.eps, self.wd = params, lr, b1, b2, eps, wd
        self.m = [np.zeros_like(p) for p in params]
        self.v = [np.zeros_like(p) for p in params]
        self.t = 0

    def step(self, grads):
        self.t += 1
        for p, g, m, v in zip(self.params, grads, self.m, self.v):
            m[:] = self.b1 * m + (1 - self.b1) * g
            v[:] = self.b2 * v + (1 - self.b2) * g * g
            p -= self.lr * m / (1 - self.b1**self.t) / (np.sqrt(v / (1 - self.b2**self.t)) + self.eps)
            p -= -self.lr * self.wd * p
