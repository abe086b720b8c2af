# expect: mistaken roc_auc/curve-run-backwards
import numpy as np


def auc(y_true, y_score):
    thresholds = np.unique(y_score)
    P, N = (y_true == 1).sum(), (y_true == 0).sum()
    tpr = [1.0] + [((y_score > t) & (y_true == 1)).sum() / P for t in thresholds]
    fpr = [1.0] + [((y_score > t) & (y_true == 0)).sum() / N for t in thresholds]
    return sum((fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2 for i in range(1, len(fpr)))
