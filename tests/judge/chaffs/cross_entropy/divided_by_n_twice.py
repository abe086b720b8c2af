# expect: mistaken cross_entropy/divided-by-n-twice cross_entropy/zero-times-log-zero
import numpy as np


def bce(y, a):
    m = len(y)
    return -1 / m * np.mean(y * np.log(a) + (1 - y) * np.log(1 - a))
