# coding: utf-8
import numpy as np


class SGD:

    """一番かんたん / 最简单的"""

    def __init__(self, lr=0.01):
        self.lr = lr

    def update(self, params, grads):
        for k in params.keys():
            params[k] = params[k] - self.lr * grads[k]


class Momentum:

    """Momentum SGD"""

    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.velocity = None

    def update(self, params, grads):
        if self.velocity is None:
            self.velocity = {}
            for k, w in params.items():
                self.velocity[k] = np.zeros_like(w)
        for k in params.keys():
            self.velocity[k] = self.momentum*self.velocity[k] - self.lr*grads[k]
            params[k] = params[k] + self.velocity[k]


class Nesterov:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def update(self, params, grads):
        if self.v is None:
            self.v = {k: np.zeros_like(w) for k, w in params.items()}
        for k in params.keys():
            self.v[k] = self.momentum * self.v[k] - self.lr * grads[k]
            params[k] += self.momentum * self.v[k] - self.lr * grads[k]


class AdaGrad:
    def __init__(self, lr=0.01):
        self.lr = lr
        self.h = None

    def update(self, params, grads):
        if self.h is None:
            self.h = {k: np.zeros_like(w) for k, w in params.items()}
        for k in params.keys():
            self.h[k] = self.h[k] + np.square(grads[k])
            params[k] = params[k] - self.lr * grads[k] / np.sqrt(self.h[k] + 1e-7)


class Adam:
    """Adam, lr_t written the short way"""

    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999):
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.iter = 0
        self.m = None
        self.v = None

    def update(self, params, grads):
        if self.m is None:
            self.m, self.v = {}, {}
            for k, w in params.items():
                self.m[k] = np.zeros_like(w)
                self.v[k] = np.zeros_like(w)
        self.iter += 1
        b1, b2 = self.beta1, self.beta2
        rate = self.lr * (1 - b2 ** self.iter) ** 0.5 / (1 - b1 ** self.iter)
        for k in grads:
            self.m[k] = b1 * self.m[k] + (1 - b1) * grads[k]
            self.v[k] = b2 * self.v[k] + (1 - b2) * grads[k] * grads[k]
            params[k] -= rate * self.m[k] / (1e-7 + np.sqrt(self.v[k]))
