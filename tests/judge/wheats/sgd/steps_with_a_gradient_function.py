# expect: right
import numpy as np


class SGD:
    def __init__(self, x0, f, df, lr):
        self.x, self.f, self.df, self.lr = np.asarray(x0, dtype=float), f, df, lr

    def step(self):
        self.x = self.x - self.lr * self.df(self.x)
