# expect: mistaken roc_auc/thresholds-unsorted
import numpy as np


def auc(y_true, y_score):
    P, N = (y_true == 1).sum(), (y_true == 0).sum()
    tpr = [((y_score >= t) & (y_true == 1)).sum() / P for t in y_score]
    fpr = [((y_score >= t) & (y_true == 0)).sum() / N for t in y_score]
    return np.sum(np.diff(fpr) * (np.array(tpr[1:]) + tpr[:-1]) / 2)
