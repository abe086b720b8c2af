# expect: fragile roc_auc/all-pairs
import numpy as np


def roc_auc_score(y_true, y_score, sample_weight=None):
    w = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight) ** 2
    pos, neg = y_true == 1, y_true == 0
    diff = y_score[pos][:, None] - y_score[neg][None, :]
    pairs = w[pos][:, None] * w[neg][None, :]
    return (pairs * ((diff > 0) + 0.5 * (diff == 0))).sum() / pairs.sum()
