from builtins import range
import numpy as np
from random import shuffle
from past.builtins import xrange


def softmax_loss_naive(W, X, y, reg):
    """
    Softmax loss function, naive implementation (with loops)

    W: (D, C) weights, X: (N, D) minibatch, y: (N,) labels, reg: strength
    Returns loss as single float, gradient wrt W
    """
    loss = 0.0
    dW = np.zeros_like(W)
    N, C = X.shape[0], W.shape[1]
    for i in range(N):
        f = X[i] @ W
        f = f - np.max(f)
        log_z = np.log(np.sum(np.exp(f)))
        loss += log_z - f[y[i]]
        for c in range(C):
            p = np.exp(f[c] - log_z)
            dW[:, c] += (p - (c == y[i])) * X[i]
    loss = loss / N + reg * np.sum(W * W)
    dW = dW / N + 2 * reg * W
    return loss, dW


def softmax_loss_vectorized(W, X, y, reg):
    """same thing without loops"""
    n = len(y)
    f = X.dot(W)
    f -= f.max(axis=1, keepdims=True)
    lse = np.log(np.exp(f).sum(axis=1))
    loss = (lse - f[np.arange(n), y]).mean() + reg * (W ** 2).sum()

    p = np.exp(f - lse[:, None])
    p[np.arange(n), y] -= 1
    dW = X.T.dot(p) / n + 2 * reg * W
    return loss, dW
