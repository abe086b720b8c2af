# expect: mistaken cross_entropy/eps-inside-the-log
import numpy as np


def cross_entropy_error(y, t):
    delta = 1e-3
    batch_size = y.shape[0]
    return -np.sum(t * np.log(y + delta)) / batch_size
