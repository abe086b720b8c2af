# optimizers take the whole net: net.params() and net.param_grads()
import numpy as np
from numpy import ndarray


class Optimizer:
    def __init__(self, lr=0.01):
        self.lr = lr

    def step(self):
        pass


class GradientDescent(Optimizer):
    def __init__(self, lr=0.01):
        super().__init__(lr)

    def update(self, net):
        for p, g in zip(net.params(), net.param_grads()):
            p -= self.lr * g


class AdamOptimizer(Optimizer):
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        super().__init__(lr)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.first = True
        self.t = 0

    def update(self, net):
        if self.first:
            self.ms = [np.zeros_like(p) for p in net.params()]
            self.vs = [np.zeros_like(p) for p in net.params()]
            self.first = False
        self.t += 1
        for p, g, m, v in zip(net.params(), net.param_grads(), self.ms, self.vs):
            m[...] = self.beta1 * m + (1 - self.beta1) * g
            v[...] = self.beta2 * v + (1 - self.beta2) * g * g
            p -= self.lr * (m / (1 - self.beta1 ** self.t)) / (np.sqrt(v / (1 - self.beta2 ** self.t)) + self.eps)
