# expect: right
import numpy as np


class Adam:
    def __init__(self, beta1=0.9, beta2=0.999, eps=1e-8):
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.m, self.v, self.t = 0, 0, 0

    def __call__(self, grad):
        self.t += 1
        self.m = self.m * self.beta1 + grad * (1 - self.beta1)
        self.v = self.v * self.beta2 + grad**2 * (1 - self.beta2)
        return (self.m / (1 - self.beta1**self.t)) / (np.sqrt(self.v / (1 - self.beta2**self.t)) + self.eps)
