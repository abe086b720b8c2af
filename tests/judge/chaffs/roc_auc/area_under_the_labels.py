# expect: mistaken roc_auc/area-under-the-labels
import numpy as np


def auc(y_true, y_score):
    order = np.argsort(-y_score)
    y = y_true[order]
    tpr = np.cumsum(y) / y.sum()
    fpr = np.cumsum(1 - y) / (1 - y).sum()
    return np.trapezoid(y, fpr)
