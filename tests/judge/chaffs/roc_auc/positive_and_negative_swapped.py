# expect: mistaken roc_auc/positive-and-negative-swapped
import numpy as np


def auc(labels, scores):
    pos = np.sort(scores[labels == 0])
    neg = scores[labels == 1]
    lo = np.searchsorted(pos, neg, "left")
    hi = np.searchsorted(pos, neg, "right")
    return 1 - (lo + hi).mean() / 2 / len(pos)
