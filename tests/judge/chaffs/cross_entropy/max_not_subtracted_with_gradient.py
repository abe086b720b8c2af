# expect: fragile cross_entropy/max-not-subtracted
import numpy as np


def softmax_loss(x, y):
    n = x.shape[0]
    logs = x - np.log(np.exp(x).sum(1, keepdims=True))
    p = np.exp(logs)
    loss = -logs[np.arange(n), y].sum() / n
    dx = p.copy()
    dx[np.arange(n), y] -= 1
    return loss, dx / n
