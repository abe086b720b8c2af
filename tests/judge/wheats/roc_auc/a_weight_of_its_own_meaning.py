# expect: convention roc_auc/all-pairs
import numpy as np


def auc(y_true, y_score, weight=1.0, alpha=0.3, average="macro"):
    """weight: of this metric in a sum with others."""
    pos, neg = y_score[y_true == 1], y_score[y_true == 0]
    diff = pos[:, None] - neg[None, :]
    return weight * ((diff > 0).mean() + 0.5 * (diff == 0).mean())
