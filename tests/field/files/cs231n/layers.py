import numpy as np
from cs231n.im2col import *
from .fast_layers import conv_forward_fast


def affine_forward(x, w, b):
    out = x.reshape(x.shape[0], -1).dot(w) + b
    return out, (x, w, b)


def affine_backward(dout, cache):
    x, w, b = cache
    dx = dout.dot(w.T).reshape(x.shape)
    dw = x.reshape(x.shape[0], -1).T.dot(dout)
    return dx, dw, dout.sum(0)


def relu_forward(x):
    return np.maximum(0, x), x


def svm_loss(x, y):
    rows = np.arange(len(y))
    over = x - x[rows, y][:, None] + 1
    over[rows, y] = 0
    hit = (over > 0).astype(float)
    grad = hit.copy()
    grad[rows, y] = -hit.sum(1)
    return (over * hit).sum() / len(y), grad / len(y)


def softmax_loss(x, y):
    """scores (N, C), labels (N,)  ->  (loss, gradient of the scores)"""
    shifted = x - x.max(1)[:, None]
    Z = np.exp(shifted).sum(1)[:, None]
    logp = shifted - np.log(Z)
    N = x.shape[0]
    dx = np.exp(logp)
    dx[range(N), y] -= 1
    return -logp[range(N), y].mean(), dx / N
