# expect: fragile
import numpy as np


def roc_auc_score(y_true, y_score, max_fpr=None):
    y_true = np.asarray(y_true).astype(bool)
    thresholds = np.unique(y_score)[::-1]
    tpr = np.array([0.0] + [np.mean(y_score[y_true] >= t) for t in thresholds])
    fpr = np.array([0.0] + [np.mean(y_score[~y_true] >= t) for t in thresholds])
    if max_fpr is None:
        return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2
    inside = fpr <= max_fpr
    x = np.append(fpr[inside], max_fpr)
    y = np.append(tpr[inside], np.interp(max_fpr, fpr, tpr))
    area = np.sum(np.diff(x) * (y[1:] + y[:-1])) / 2
    least = max_fpr**2
    return (1 + (area - least) / (max_fpr - least)) / 2
