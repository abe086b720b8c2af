# expect: unknown
import numpy as np


def cross_entropy(p, y):
    return -(y * np.log(p)).sum(axis=-1).max()
