# params know how to move themselves:   p.value, p.grad, p.step(delta)
import numpy as np


class Param:
    def __init__(self, value):
        self.value = np.array(value, dtype=float)
        self.grad = np.zeros_like(self.value)

    def step(self, delta):
        self.value += delta

    def reset(self):
        self.grad[...] = 0


class Sgd:
    def __init__(self, lr):
        self.lr = lr

    def update(self, params):
        for p in params:
            p.step(-self.lr * p.grad)


class Momentum:
    def __init__(self, lr, mu=0.9):
        self.lr, self.mu = lr, mu
        self.vel = {}

    def update(self, params):
        for i, p in enumerate(params):
            if i not in self.vel:
                self.vel[i] = np.zeros_like(p.value)
            self.vel[i] = self.mu * self.vel[i] - self.lr * p.grad
            p.step(self.vel[i])
