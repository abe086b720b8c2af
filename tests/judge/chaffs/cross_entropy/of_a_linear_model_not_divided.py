# expect: mistaken cross_entropy/gradient-not-divided-by-n
import numpy as np


def softmax_loss(W, X, b, y, reg):
    scores = X.dot(W) + b
    scores = scores - scores.max(axis=1, keepdims=True)
    log_p = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    loss = -log_p[np.arange(len(y)), y].mean() + reg * np.sum(W * W)
    d = np.exp(log_p)
    d[np.arange(len(y)), y] -= 1
    dW = X.T.dot(d) + 2 * reg * W
    return loss, dW
