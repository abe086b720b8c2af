# expect: fragile roc_auc/curve-without-its-corner
import numpy as np


def auc(y_true, y_score):
    thresholds = np.unique(y_score)[::-1]
    P, N = (y_true == 1).sum(), (y_true == 0).sum()
    tpr = np.array([((y_score >= t) & (y_true == 1)).sum() / P for t in thresholds])
    fpr = np.array([((y_score >= t) & (y_true == 0)).sum() / N for t in thresholds])
    return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2)
