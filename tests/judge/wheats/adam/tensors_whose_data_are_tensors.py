# expect: right
import numpy as np
from collections import defaultdict


class Adam:
    def __init__(self, params, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params, self.lr, self.beta1, self.beta2, self.eps = params, lr, beta1, beta2, eps
        self.t, self.m, self.v = 0, defaultdict(float), defaultdict(float)

    def step(self):
        self.t += 1
        for w in self.params:
            grad = w.grad.data
            self.m[w] = self.beta1 * self.m[w] + (1 - self.beta1) * grad
            self.v[w] = self.beta2 * self.v[w] + (1 - self.beta2) * grad**2
            m_hat = self.m[w] / (1 - self.beta1**self.t)
            v_hat = self.v[w] / (1 - self.beta2**self.t)
            w.cached_data = w.numpy() - self.lr * m_hat.numpy() / (v_hat.numpy() ** 0.5 + self.eps)
