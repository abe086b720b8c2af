"""tiny autograd library, optim part. Params are our Tensor with .grad (a Tensor as well)"""
import numpy as np
from autograd_lib import Tensor, no_grad


class SGD:
    def __init__(self, params, lr=1e-2):
        self.params, self.lr = params, lr
        for p in self.params:
            p.zero_grad()

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad.data

    def zero_grad(self):
        for p in self.params:
            p.grad.zero()


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params, self.lr, self.betas, self.eps = params, lr, betas, eps
        self.exp_avg = [np.zeros(p.grad.data.shape) for p in self.params]
        self.exp_avg_sq = [np.zeros(p.grad.data.shape) for p in self.params]

    def step(self):
        for p, m, s in zip(self.params, self.exp_avg, self.exp_avg_sq):
            m *= self.betas[0]
            m += (1 - self.betas[0]) * p.grad.data
            s *= self.betas[1]
            s += (1 - self.betas[1]) * p.grad.data ** 2
            p.data -= self.lr * m / (np.sqrt(s) + self.eps)
