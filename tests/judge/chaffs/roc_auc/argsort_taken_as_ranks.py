# expect: mistaken roc_auc/argsort-taken-as-ranks
import numpy as np


def auc(y_true, y_score):
    ranks = np.argsort(y_score) + 1
    n_pos = np.sum(y_true == 1)
    n_neg = np.sum(y_true == 0)
    return (ranks[y_true == 1].sum() - n_pos * (n_pos + 1) / 2) / (n_pos * n_neg)
