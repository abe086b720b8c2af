# expect: fragile roc_auc/ties-by-order-of-appearance
import numpy as np


# 手写 AUC
def calc_auc(labels, scores):
    order = np.argsort(scores, kind="stable")
    ranks = np.empty(len(scores))
    ranks[order] = np.arange(1, len(scores) + 1)
    pos = labels == 1
    m, n = pos.sum(), (~pos).sum()
    return (ranks[pos].sum() - m * (m + 1) / 2) / (m * n)
