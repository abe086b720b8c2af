# expect: right
import numpy as np


class MomentumSGD:
    def __init__(self, params, lr=0.1, momentum=0.9):
        self.params, self.lr, self.momentum = params, lr, momentum
        self.velocity = [np.zeros_like(p) for p in params]

    def update(self, delta):
        for v, d in zip(self.velocity, delta):
            v *= self.momentum
            v += d

    def step(self):
        for p, v in zip(self.params, self.velocity):
            p -= self.lr * v
