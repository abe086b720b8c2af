# expect: right
import numpy as np
from scipy.stats import rankdata


def roc_auc(y_true, y_score):
    y_true = np.asarray(y_true)
    n1 = np.sum(y_true == 1)
    n0 = len(y_true) - n1
    r = rankdata(y_score)
    return (r[y_true == 1].sum() - n1 * (n1 + 1) / 2) / (n1 * n0)
