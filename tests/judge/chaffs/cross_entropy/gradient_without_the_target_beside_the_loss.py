# expect: mistaken cross_entropy/gradient-without-the-target
import numpy as np


def cross_entropy_with_grad(x, y):
    c = x.max(1, keepdims=True)
    logp = x - c - np.log(np.exp(x - c).sum(1, keepdims=True))
    loss = -logp[np.arange(len(y)), y].mean()
    grad = np.exp(logp) / len(y)
    return loss, grad
