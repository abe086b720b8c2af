# expect: unknown
import numpy as np


def cross_entropy(pred, target):
    s = pred.sum(axis=1)
    return np.mean(-np.log(pred[np.arange(len(target)), target]) * s**2)
