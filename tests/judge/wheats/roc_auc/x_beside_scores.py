# expect: right
import numpy as np


def roc_auc(x, score):
    pos, neg = np.sum(x == 1), np.sum(x == 0)
    _, group, size = np.unique(score, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    rank = (last - (size - 1) / 2)[group]
    return (rank[x == 1].sum() - pos * (pos + 1) / 2) / (np.float64(pos) * neg)
