# expect: right
import numpy as np
from scipy import stats


def get_auc(label, pred):
    label = np.array(label).astype(bool)
    ranks = stats.rankdata(np.array(pred), method="average")
    n_pos = label.sum().astype(np.int64)
    n_neg = (~label).sum().astype(np.int64)
    u = ranks[label].sum() - n_pos * (n_pos + 1) / 2
    return u / (n_pos * n_neg)
