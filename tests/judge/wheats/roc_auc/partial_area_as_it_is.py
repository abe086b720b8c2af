# expect: right
import numpy as np


def partial_roc_auc(y_true, y_score, max_fpr=1.0):
    y_true, y_score = np.asarray(y_true).astype(bool), np.asarray(y_score)
    thresholds = np.unique(y_score)[::-1]
    tpr = np.array([0.0] + [np.mean(y_score[y_true] >= t) for t in thresholds])
    fpr = np.array([0.0] + [np.mean(y_score[~y_true] >= t) for t in thresholds])
    inside = fpr <= max_fpr
    x = np.append(fpr[inside], max_fpr)
    y = np.append(tpr[inside], np.interp(max_fpr, fpr, tpr))
    return np.trapezoid(y, x)
