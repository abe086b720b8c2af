# expect: fragile roc_auc/tied-ranks-the-highest
import numpy as np


def auc(y_true, y_score):
    ranks = np.searchsorted(np.sort(y_score), y_score, side="right")
    n1 = (y_true == 1).sum()
    n0 = (y_true == 0).sum()
    return (ranks[y_true == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
