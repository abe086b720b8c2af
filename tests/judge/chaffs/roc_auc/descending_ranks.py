# expect: mistaken roc_auc/descending-ranks
import numpy as np
from scipy.stats import rankdata


def auc(y_true, y_score):
    r = rankdata(-y_score)
    n1 = (y_true == 1).sum()
    n0 = (y_true == 0).sum()
    return (r[y_true == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
