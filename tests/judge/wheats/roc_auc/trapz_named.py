# expect: right
import numpy as np


def curve(t, s):
    order = np.argsort(-s, kind="stable")
    s, t = s[order], t[order]
    ends = np.r_[np.flatnonzero(np.diff(s)), len(s) - 1]
    hits = np.cumsum(t)[ends]
    misses = ends + 1 - hits
    with np.errstate(invalid="ignore"):
        return np.r_[0, misses / misses[-1]], np.r_[0, hits / hits[-1]]


def trapz_auc(t, s):
    x, y = curve(np.asarray(t), np.asarray(s))
    return np.sum(np.diff(x) * (y[1:] + y[:-1]) / 2)
