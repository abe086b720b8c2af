# things the TA handed out with bugs in them: "find all mistakes"
import numpy as np


def adam(w, g, m, v, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
    m = b1 * m + (1 - b1) * g
    v = b2 * v + (1 - b2) * g ** 2
    w = w - lr * m / np.sqrt(v + eps)
    return w, m, v


def momentum(w, g, v, lr=0.01, mu=0.9):
    v = v + g
    w = w + lr * v
    return w, v


def cross_entropy(logits, y):
    z = logits - logits.max(axis=0, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=0, keepdims=True))
    return logp[np.arange(len(y)), y].mean()


class AdamW:
    def __init__(self, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8, wd=1e-2):
        self.lr, self.b1, self.b2, self.eps, self.wd = lr, b1, b2, eps, wd
        self.m = self.v = 0

    def update(self, w, g):
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g ** 2
        mh = self.m / (1 - self.b1)
        vh = self.v / (1 - self.b2)
        w = w - self.lr * mh / (np.sqrt(vh) + self.eps)
        return w - self.lr * self.wd * w
