# expect: mistaken adam/only-v-corrected
import math
import numpy as np


class Adam:
    def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.t = 0
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps
        self.ms, self.vs = {}, {}

    def setup(self, target):
        self.target = target

    def update(self):
        self.t += 1
        for p in self.target.params():
            if p.grad is not None:
                self.update_one(p)

    def update_one(self, param):
        key = id(param)
        if key not in self.ms:
            self.ms[key] = np.zeros_like(param.data)
            self.vs[key] = np.zeros_like(param.data)
        m, v = self.ms[key], self.vs[key]
        grad = param.grad
        m += (1 - self.beta1) * (grad - m)
        v += (1 - self.beta2) * (grad * grad - v)
        v_hat = v / (1 - math.pow(self.beta2, self.t))
        param.data -= self.alpha * m / (np.sqrt(v_hat) + self.eps)
