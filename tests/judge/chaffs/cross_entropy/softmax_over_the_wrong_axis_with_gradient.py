# expect: mistaken cross_entropy/softmax-over-the-wrong-axis
import numpy as np


def softmax_loss(x, y):
    n = x.shape[0]
    shifted = x - x.max(1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(0, keepdims=True))
    p = np.exp(logs)
    loss = -logs[np.arange(n), y].sum() / n
    dx = p.copy()
    dx[np.arange(n), y] -= 1
    return loss, dx / n
