# expect: mistaken adam/t-counted-per-parameter
import numpy as np


class Adam:
    def __init__(self, model, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.l = model.layers[::2]
        self.lr, self.beta1, self.beta2, self.eps, self.t = lr, beta1, beta2, eps, 0
        self.m = {}
        self.v = {}

    def step(self):
        for i in range(len(self.l)):
            for w, g in (("W", "dLdW"), ("b", "dLdb")):
                self.t += 1
                grad = getattr(self.l[i], g)
                self.m[i, w] = self.beta1 * self.m.get((i, w), 0.0) + (1 - self.beta1) * grad
                self.v[i, w] = self.beta2 * self.v.get((i, w), 0.0) + (1 - self.beta2) * grad**2
                m_hat = self.m[i, w] / (1 - self.beta1**self.t)
                v_hat = self.v[i, w] / (1 - self.beta2**self.t)
                setattr(self.l[i], w, getattr(self.l[i], w) - self.lr * m_hat / (np.sqrt(v_hat) + self.eps))
