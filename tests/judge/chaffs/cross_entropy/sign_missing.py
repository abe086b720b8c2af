# expect: mistaken cross_entropy/sign-missing
import numpy as np


def cross_entropy(p, y):
    return np.mean(np.log(p[np.arange(len(y)), y]))
