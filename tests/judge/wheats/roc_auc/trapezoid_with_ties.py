# expect: right
import numpy as np


def compute_auc(y_true, y_prob):
    order = np.argsort(-y_prob, kind="stable")
    y_prob, y_true = y_prob[order], y_true[order]
    last = np.append(np.flatnonzero(np.diff(y_prob)), len(y_prob) - 1)
    tps = np.cumsum(y_true)[last]
    fps = 1 + last - tps
    if tps[-1] == 0 or fps[-1] == 0:
        return np.nan
    tpr = np.concatenate([[0], tps / tps[-1]])
    fpr = np.concatenate([[0], fps / fps[-1]])
    return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
