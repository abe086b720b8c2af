# expect: right
import numpy as np


class HeavyBall:
    def __init__(self, lr=0.01, mu=0.9):
        self.lr = lr
        self.mu = mu
        self.v = None

    def update(self, w, dw):
        if self.v is None:
            self.v = np.zeros_like(w)
        self.v = self.mu * self.v + dw
        return w - self.lr * self.v
