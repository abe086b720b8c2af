# expect: fragile cross_entropy/eps-inside-the-log
import numpy as np


def cross_entropy(p, t):
    return -np.sum(t * np.log(p + np.finfo(float).eps)) / len(p)
