# expect: mistaken cross_entropy/gradient-only-at-the-class
import numpy as np


def softmax_loss(x, y):
    n = x.shape[0]
    z = x - np.max(x, axis=1, keepdims=True)
    log_p = z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))
    p = np.exp(log_p)
    loss = -np.mean(log_p[range(n), y])
    dx = np.zeros_like(x)
    dx[range(n), y] = (p[range(n), y] - 1) / n
    return loss, dx
