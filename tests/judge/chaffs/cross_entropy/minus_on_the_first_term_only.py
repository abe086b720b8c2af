# expect: mistaken cross_entropy/minus-on-the-first-term-only
import numpy as np
from scipy.special import xlogy


def binary_cross_entropy(y, p):
    return np.mean(-xlogy(y, p) + xlogy(1 - y, 1 - p))
