# labels are -1 / +1 everywhere in this file
import numpy as np


def hinge(scores, y):
    return np.maximum(0, 1 - y * scores).mean()


def logistic_loss(scores, y):
    """log(1 + exp(-y s)), y in {-1, +1}"""
    return np.logaddexp(0, -y * scores).mean()


def auc_pm1(scores, y):
    pos = scores[y == 1]
    neg = scores[y == -1]
    if pos.size * neg.size == 0:
        return np.nan
    diff = np.subtract.outer(pos, neg)
    return np.mean(0.5 * (np.sign(diff) + 1))
