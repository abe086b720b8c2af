# expect: right
import numpy as np


class Adam:
    def __init__(self, params, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = list(params)
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t = 0
        self.state = [(np.zeros(p.shape), np.zeros(p.shape)) for p in self.params]

    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            g = p.grad.cached_data
            m, v = self.state[i]
            m = self.beta1 * m + (1 - self.beta1) * g
            v = self.beta2 * v + (1 - self.beta2) * g * g
            self.state[i] = (m, v)
            rate = self.lr / (1 - self.beta1**self.t)
            p.cached_data = p.cached_data - rate * m / (np.sqrt(v / (1 - self.beta2**self.t)) + self.eps)
