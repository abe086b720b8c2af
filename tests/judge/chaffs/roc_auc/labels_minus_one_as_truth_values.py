# expect: fragile roc_auc/labels-minus-one-taken-as-true roc_auc/one-class-given-a-number
import numpy as np


def roc_auc(y, s):
    y = y.astype(bool)
    order = np.argsort(s, kind="stable")
    _, group, size = np.unique(s, return_inverse=True, return_counts=True)
    last = np.cumsum(size)
    ranks = ((2 * last - size + 1) / 2)[group]
    n_pos = max(y.sum(), 1)
    n_neg = max(len(y) - y.sum(), 1)
    return (ranks[y].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
