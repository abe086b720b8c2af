# expect: right
import numpy as np


class AdamDelta:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = lr, beta1, beta2, eps
        self.m = self.v = 0

    def step(self, g, t):
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        a = self.m / (1 - self.b1**t)
        b = self.v / (1 - self.b2**t)
        return -self.lr * a / (b**0.5 + self.eps)
