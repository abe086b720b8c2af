# expect: mistaken cross_entropy/gradient-not-divided-by-n
import numpy as np


def softmax_loss(X, y):
    Z = X - X.max(axis=1, keepdims=True)
    logp = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    loss = -logp[np.arange(len(y)), y].mean()
    grad = np.exp(logp)
    grad[np.arange(len(y)), y] -= 1
    return loss, grad
