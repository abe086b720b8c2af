"""optim for our toy framework (team 7). p.data, p.grad are arrays wrapped in Array, p.grad.zero() empties it"""
import numpy as np
from framework import Array, Module


class SGD:
    def __init__(self, parameters, lr):
        self.parameters = parameters
        self.lr = lr
        self.n = sum(p.grad.data.size for p in parameters)

    def step(self):
        for p in self.parameters:
            p.data = p.data - self.lr * p.grad.data
            p.grad.zero()


class RunningAdam:
    """Adam"""

    def __init__(self, parameters, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.parameters, self.lr, self.beta1, self.beta2, self.eps = parameters, lr, beta1, beta2, eps
        self.t = 0
        self.moments = [(np.zeros(p.data.shape), np.zeros(p.data.shape)) for p in parameters]

    def step(self):
        self.t += 1
        for p, (m, v) in zip(self.parameters, self.moments):
            g = p.grad.data
            m += (1 - self.beta1) * (g - m)
            v += (1 - self.beta2) * (p.grad.data ** 2 - v)
            p.data = p.data - self.lr * (m / (1 - self.beta1 ** self.t)) / (np.sqrt(v / (1 - self.beta2 ** self.t)) + self.eps)
        for p in self.parameters:
            p.zero_grad()
