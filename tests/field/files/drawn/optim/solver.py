import numpy as np

from .base import Optimizer


class SGD(Optimizer):
    def __init__(self, params, lr=0.01, momentum=0.0):
        super().__init__(params)
        self.lr, self.momentum = lr, momentum
        self.buffers = [np.zeros_like(param.data) for param in self.params]

    def step(self):
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            self.buffers[i] = self.momentum * self.buffers[i] + param.grad
            param.data -= self.lr * self.buffers[i]


class Adam(Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        super().__init__(params)
        self.lr, self.eps = lr, eps
        self.beta1, self.beta2 = betas
        self.count = 0
        self.first = [np.zeros_like(param.data) for param in self.params]
        self.second = [np.zeros_like(param.data) for param in self.params]

    def step(self):
        self.count += 1
        for i, param in enumerate(self.params):
            if param.grad is None:
                continue
            self.first[i] = self.beta1 * self.first[i] + (1 - self.beta1) * param.grad
            self.second[i] = self.beta2 * self.second[i] + (1 - self.beta2) * param.grad**2
            m_hat = self.first[i] / (1 - self.beta1**self.count)
            v_hat = self.second[i] / (1 - self.beta2**self.count)
            param.data -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
