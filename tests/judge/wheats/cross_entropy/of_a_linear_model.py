# expect: right
import numpy as np


def softmax_loss(W, X, y, reg):
    scores = X @ W
    scores -= scores.max(axis=1, keepdims=True)
    p = np.exp(scores)
    log_z = np.log(p.sum(axis=1))
    loss = (log_z - scores[np.arange(len(y)), y]).mean() + reg * np.sum(W * W)
    p /= p.sum(axis=1, keepdims=True)
    p[np.arange(len(y)), y] -= 1
    return loss, X.T @ p / len(y) + 2 * reg * W
