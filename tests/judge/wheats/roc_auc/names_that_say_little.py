# expect: right
import numpy as np


def auc(a, b):
    pos, neg = b[a == 1], b[a == 0]
    if len(pos) == 0 or len(neg) == 0:
        return float("nan")
    order = np.searchsorted(np.sort(neg), pos, "left") + np.searchsorted(np.sort(neg), pos, "right")
    return order.sum() / (2 * len(pos) * len(neg))
