# coding: utf-8
from common.np import *


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    高 = x.max(axis=-1, keepdims=True)
    e = np.exp(x - 高)
    return e / e.sum(axis=-1, keepdims=True)


def sum_squared_error(y, t):
    return 0.5 * np.sum((y - t)**2)


def cross_entropy_error(y, t):
    if y.ndim == 1:
        y, t = y[None], t.reshape(1, -1)
    if y.size == t.size:  # one-hot なら番号に直す
        t = np.argmax(t, -1)
    rows = np.arange(len(y))
    return np.mean(-np.log(1e-7 + y[rows, t]))


def softmax_loss(X, t):
    y = softmax(X)
    return cross_entropy_error(y, t)
