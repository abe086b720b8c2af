"""Optimizers for the toy framework. Every subclass adds only what it needs."""
import numpy as np


class Optimizer:
    def __init__(self, params, lr=1e-3):
        self.params = list(params)
        self.lr = lr
        self.n_steps = 0

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)

    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p.data = p.data - self.lr * p.grad


class Momentum(Optimizer):
    def __init__(self, *args, momentum=0.9, **kwargs):
        super().__init__(*args, **kwargs)
        self.momentum = momentum
        self.vs = [np.zeros_like(p.data) for p in self.params]

    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.vs[i] = self.momentum * self.vs[i] + p.grad
            p.data = p.data - self.lr * self.vs[i]


class Adam(Optimizer):
    def __init__(self, *args, beta1=0.9, beta2=0.999, eps=1e-8, **kwargs):
        super().__init__(*args, **kwargs)
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.ms = [np.zeros_like(p.data) for p in self.params]
        self.vs = [np.zeros_like(p.data) for p in self.params]

    def step(self):
        self.n_steps += 1
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.ms[i] = self.beta1 * self.ms[i] + (1 - self.beta1) * p.grad
            self.vs[i] = self.beta2 * self.vs[i] + (1 - self.beta2) * p.grad ** 2
            m_hat = self.ms[i] / (1 - self.beta1 ** self.n_steps)
            v_hat = self.vs[i] / (1 - self.beta2 ** self.n_steps)
            p.data = p.data - self.lr * m_hat / (np.sqrt(v_hat + self.eps))
