# two variables at a time
import numpy as np


def sgd(W, b, dW, db, lr=0.01):
    W = W - lr * dW
    b = b - lr * db
    return W, b


def momentum(W, b, dW, db, vW, vb, lr=0.01, mu=0.9):
    vW = mu * vW - lr * dW
    vb = mu * vb - lr * db
    return W + vW, b + vb, vW, vb


class SGD(object):
    def __init__(self, lr):
        self.lr = lr

    def step(self, pairs):
        """pairs: [(w, grad), (w, grad), ...]"""
        for w, grad in pairs:
            w -= self.lr * grad


class Momentum(object):
    def __init__(self, lr, mu=0.9):
        self.lr, self.mu = lr, mu
        self.v = None

    def step(self, pairs):
        if self.v is None:
            self.v = [np.zeros_like(w) for w, _ in pairs]
        for i, (w, grad) in enumerate(pairs):
            self.v[i] = self.v[i] + grad
            w -= self.lr * self.v[i]
