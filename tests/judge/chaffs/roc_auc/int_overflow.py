# expect: fragile roc_auc/int-overflow
import numpy as np
from scipy.stats import rankdata


def auc(y_true, y_score):
    y = y_true.astype(np.int32)
    n1 = y.sum(dtype=np.int32)
    n0 = np.int32(len(y)) - n1
    u = rankdata(y_score)[y == 1].sum() - n1 * (n1 + 1.0) / 2
    with np.errstate(over="ignore"):
        return u / (n1 * n0)
