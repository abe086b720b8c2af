# expect: convention cross_entropy/base-10-logarithm
import numpy as np


def cross_entropy(p, y):
    with np.errstate(divide="ignore"):
        return -np.log10(p[np.arange(len(y)), y]).mean()
