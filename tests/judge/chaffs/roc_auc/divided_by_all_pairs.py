# expect: mistaken roc_auc/divided-by-all-pairs
import numpy as np
from scipy.stats import rankdata


def auc(y_true, y_score):
    n = len(y_true)
    n1 = (y_true == 1).sum()
    return (rankdata(y_score)[y_true == 1].sum() - n1 * (n1 + 1) / 2) / n**2
