# expect: fragile
import numpy as np


def partial_auc(y_true, y_score, max_fpr=1.0):
    y_true = np.asarray(y_true).astype(bool)
    thresholds = np.unique(y_score)[::-1]
    tpr = np.array([0.0] + [np.mean(y_score[y_true] >= t) for t in thresholds])
    fpr = np.array([0.0] + [np.mean(y_score[~y_true] >= t) for t in thresholds])
    if max_fpr < 1:
        fpr, tpr = fpr[fpr <= max_fpr], tpr[fpr <= max_fpr]
    return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2
