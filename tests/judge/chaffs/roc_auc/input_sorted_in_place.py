# expect: mistaken roc_auc/input-changed-in-place
import numpy as np


def roc_auc(y, s):
    order = np.argsort(s)
    y = y[order]
    s.sort()
    pos, neg = s[y == 1], s[y == 0]
    below = np.searchsorted(neg, pos, "left")
    upto = np.searchsorted(neg, pos, "right")
    return (below + upto).sum() / (2 * len(pos) * len(neg))
