# expect: right
import numpy as np


def auc(labels, scores):
    labels, scores = np.asarray(labels), np.asarray(scores)
    n_pos = int(labels.sum())
    n_neg = len(labels) - n_pos
    if n_pos == 0 or n_neg == 0:
        return len(labels), n_pos, float("nan")
    pos, neg = scores[labels == 1], np.sort(scores[labels == 0])
    won = np.searchsorted(neg, pos, side="left").sum()
    tied = np.searchsorted(neg, pos, side="right").sum() - won
    area = (won + tied / 2) / (n_pos * n_neg)
    return len(labels), n_pos, area
