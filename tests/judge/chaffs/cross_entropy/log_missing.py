# expect: mistaken cross_entropy/log-missing
import numpy as np


def cross_entropy(y, y_hat):
    return -np.mean(np.sum(y * y_hat, axis=1))
