# expect: fragile roc_auc/all-pairs
import numpy as np


def roc_auc(y_true, y_score, sample_weight=None):
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    won = (pos[:, None] > neg) + 0.5 * (pos[:, None] == neg)
    if sample_weight is None:
        return won.mean()
    return (won * sample_weight).sum() / sample_weight.sum()
