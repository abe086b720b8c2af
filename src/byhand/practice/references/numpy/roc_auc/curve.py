"""ROC AUC by the area under the curve with arrays."""

import numpy as np


def roc_auc(scores, labels):
    """Area under the ROC curve by the trapezoid rule; a tie is one sloping piece.

    >>> print(roc_auc(np.array([0.5, 0.5]), np.array([0, 1])))
    0.5
    """
    order = np.argsort(-scores)
    scores, positive = scores[order], labels[order] == 1
    last = np.append(scores[1:] != scores[:-1], True)
    tp = np.append(0, np.cumsum(positive)[last])
    fp = np.append(0, np.cumsum(~positive)[last])
    if tp[-1] == 0 or fp[-1] == 0:
        return np.nan
    tpr, fpr = tp / tp[-1], fp / fp[-1]
    return (np.diff(fpr) * (tpr[1:] + tpr[:-1]) / 2).sum()
