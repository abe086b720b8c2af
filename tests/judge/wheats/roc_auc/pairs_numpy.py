# expect: convention roc_auc/all-pairs
import numpy as np


def auc(labels, scores):
    pos = scores[labels == 1]
    neg = scores[labels == 0]
    diff = pos[:, None] - neg[None, :]
    return np.mean((diff > 0) + 0.5 * (diff == 0))
