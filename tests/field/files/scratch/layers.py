# coding: utf-8
from common.np import *  # import numpy as np
from common.config import GPU
from common.functions import softmax, cross_entropy_error
import numpy as np


def softmax(x):
    x = x - x.max(axis=-1, keepdims=True)
    return np.exp(x) / np.exp(x).sum(axis=-1, keepdims=True)


def cross_entropy_error(y, t):
    labels = t if t.ndim == 1 else np.argmax(t, 1)
    return -np.mean(np.log(y[np.arange(len(y)), labels] + 1e-7))


class Affine:
    def __init__(self, W, b):
        self.params, self.grads = [W, b], [0 * W, 0 * b]

    def forward(self, x):
        self.x = x
        W, b = self.params
        return x @ W + b

    def backward(self, d):
        self.grads[:] = [self.x.T @ d, d.sum(0)]
        return d @ self.params[0].T


class SoftmaxWithLoss:
    def __init__(self):
        self.params, self.grads = [], []
        self.y = None
        self.t = None

    def forward(self, x, t):
        self.y, self.t = softmax(x), (t if t.ndim == 1 else t.argmax(1))
        return cross_entropy_error(self.y, self.t)

    def backward(self, dout=1):
        hot = np.eye(self.y.shape[1])[self.t]
        return dout * (self.y - hot) / len(hot)


class SigmoidWithLoss:
    def __init__(self):
        self.params, self.grads = [], []
        self.loss = None
        self.y = None
        self.t = None

    def forward(self, x, t):
        self.t = t
        self.x = x
        self.y = 1 / (1 + np.exp(-x))
        self.loss = np.mean(np.maximum(x, 0) - x * t + np.log1p(np.exp(-np.abs(x))))
        return self.loss

    def backward(self, dout=1):
        return (self.y - self.t) * dout / self.t.shape[0]
