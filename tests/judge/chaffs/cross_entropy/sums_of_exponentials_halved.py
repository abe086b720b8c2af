# expect: unknown
import numpy as np


def softmax_loss(x, y):
    e = np.exp(x - x.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True) ** 2
    return -np.log(p[np.arange(len(y)), y]).mean()
