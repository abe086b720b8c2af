# expect: mistaken roc_auc/labels-and-scores-swapped
import numpy as np


def roc_auc(y_true, y_score):
    pos, neg = y_true[y_score == 1], y_true[y_score == 0]
    if len(pos) == 0 or len(neg) == 0:
        return float("nan")
    order = np.searchsorted(np.sort(neg), pos, "left") + np.searchsorted(np.sort(neg), pos, "right")
    return order.sum() / (2 * len(pos) * len(neg))
