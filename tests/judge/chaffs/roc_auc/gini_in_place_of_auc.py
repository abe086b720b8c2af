# expect: mistaken roc_auc/gini-in-place-of-auc
import numpy as np


def auc(labels, scores):
    pos, neg = scores[labels == 1], scores[labels == 0]
    diff = pos[:, None] - neg[None, :]
    return np.sign(diff).mean()
