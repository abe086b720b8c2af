# expect: right
import numpy as np


def auc(scores, y):
    """y is −1 or 1"""
    positive, negative = scores[y == 1], np.sort(scores[y == -1])
    if len(positive) * len(negative) == 0:
        return np.nan
    below, upto = np.searchsorted(negative, positive, "left"), np.searchsorted(negative, positive, "right")
    return (below + upto).sum() / 2 / (len(positive) * len(negative))
