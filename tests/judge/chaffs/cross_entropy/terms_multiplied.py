# expect: mistaken cross_entropy/terms-multiplied
import numpy as np


def binary_cross_entropy(y, p):
    return -np.mean(y * np.log(p) * (1 - y) * np.log(1 - p))
