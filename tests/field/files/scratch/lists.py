# ch2 optimizers: params and grads are lists of arrays
import sys
sys.path.append('..')
from common.np import *
import numpy as np


class SGD:
    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for i in range(len(params)):
            params[i] -= self.lr * grads[i]


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = []
        for param in params:
            self.v.append(np.zeros_like(param))

        for i in range(len(params)):
            v = self.momentum * self.v[i] - self.lr * grads[i]
            params[i] += v


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-7):
        self.lr = lr
        self.beta1, self.beta2, self.eps = beta1, beta2, eps
        self.iter = 0
        self.m = None
        self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m = [np.zeros_like(p) for p in params]
            self.v = [np.zeros_like(p) for p in params]
        self.iter += 1
        for i in range(len(params)):
            self.m[i] += (1 - self.beta1) * (grads[i] - self.m[i])
            self.v[i] += (1 - self.beta2) * (grads[i] - self.v[i])
            mh = self.m[i] / (1 - self.beta1 ** self.iter)
            vh = self.v[i] / (1 - self.beta2 ** self.iter)
            params[i] -= self.lr * mh / (np.sqrt(np.abs(vh)) + self.eps)
