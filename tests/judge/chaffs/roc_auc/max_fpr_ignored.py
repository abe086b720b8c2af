# expect: fragile roc_auc/all-pairs
import numpy as np


def roc_auc_score(y_true, y_score, max_fpr=None):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    diff = pos[:, None] - neg[None, :]
    return (diff > 0).mean() + 0.5 * (diff == 0).mean()
