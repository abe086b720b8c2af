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
    N = x.shape[0]
    correct = x[np.arange(N), y]
    margins = np.maximum(0, x - correct[:, np.newaxis] + 1.0)
    margins[np.arange(N), y] = 0
    loss = np.sum(margins) / N
    num_pos = np.sum(margins > 0, axis=1)
    dx = np.zeros_like(x)
    dx[margins > 0] = 1
    dx[np.arange(N), y] -= num_pos
    return loss, dx / N


def softmax_loss(x, y):
    """
    - x: Input data, of shape (N, C)
    - y: labels 0 <= y[i] < C
    Returns a tuple of loss, dx
    """
    shifted = x - x.max(1)[:, None]
    Z = np.exp(shifted).sum(1)[:, None]
    logp = shifted - np.log(Z)
    N = x.shape[0]
    dx = np.exp(logp)
    dx[range(N), y] -= 1
    return -logp[range(N), y].mean(), dx / N
