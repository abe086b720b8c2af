# expect: mistaken roc_auc/labels-minus-one-taken-as-true
import numpy as np


def auc(y, f):
    """y: SVM labels, +1 / -1; f: decision function"""
    y = y.astype(bool)
    pos, neg = f[y], np.sort(f[~y])
    if len(pos) == 0 or len(neg) == 0:
        return float("nan")
    ranks = np.searchsorted(neg, pos, "left") + np.searchsorted(neg, pos, "right")
    return ranks.sum() / 2 / len(pos) / len(neg)
