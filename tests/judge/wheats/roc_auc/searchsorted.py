# expect: right
import numpy as np


def AUC(y, p):
    neg = np.sort(p[y == 0])
    pos = p[y == 1]
    lower = np.searchsorted(neg, pos, side="left")
    upper = np.searchsorted(neg, pos, side="right")
    return (lower + upper).sum() / 2 / (len(neg) * len(pos))
