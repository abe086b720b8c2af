# expect: right
import numpy as np

BETA1, BETA2 = 0.9, 0.999


class Adam:
    def __init__(self, lr=0.001):
        self.lr = lr
        self.t, self.m, self.v = 0, 0.0, 0.0

    def update(self, w, grad):
        self.t += 1
        self.m = BETA1 * self.m + 0.1 * grad
        self.v = BETA2 * self.v + 0.001 * grad**2
        return w - self.lr * (self.m / (1 - 0.9**self.t)) / (np.sqrt(self.v / (1 - 0.999**self.t)) + 1e-8)
