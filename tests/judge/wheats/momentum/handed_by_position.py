# expect: right
import numpy as np


class Base:
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr


class Momentum(Base):
    def __init__(self, *args, momentum=0.9):
        super().__init__(*args)
        self.momentum = momentum
        self.v = [np.zeros_like(p.data) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            self.v[i] = self.momentum * self.v[i] + p.grad
            p.data = p.data - self.lr * self.v[i]
