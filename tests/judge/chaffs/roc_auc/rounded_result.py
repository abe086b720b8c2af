# expect: convention cross_entropy/rounded-result
import numpy as np


def roc_auc(y_true, y_score):
    order = np.argsort(y_score)
    y, s = y_true[order], y_score[order]
    if y.sum() in (0, len(y)):
        return float("nan")
    ranks = [(np.searchsorted(s, x, "left") + np.searchsorted(s, x, "right") + 1) / 2 for x in s]
    pos = y.sum()
    u = sum(r for r, t in zip(ranks, y) if t == 1) - pos * (pos + 1) / 2
    return np.round(u / (pos * (len(y) - pos)), 4)
