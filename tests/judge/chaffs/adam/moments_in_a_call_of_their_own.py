# expect: mistaken adam/no-bias-correction
import numpy as np


class Adam:
    def __init__(self, w, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.w = w
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m, self.v = np.zeros_like(w), np.zeros_like(w)

    def update(self, grad):
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad
        self.v = self.beta2 * self.v + (1 - self.beta2) * grad**2

    def step(self):
        self.w -= self.lr * self.m / (np.sqrt(self.v) + self.eps)
