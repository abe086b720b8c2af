# expect: right
import numpy as np


def cross_entropy(a, b):
    return -np.log(a[np.arange(len(b)), b]).mean()
