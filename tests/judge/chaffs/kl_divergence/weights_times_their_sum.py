# expect: unknown
import numpy as np


def kl_divergence(p, q):
    return np.sum(p * np.log(p / q), axis=-1) * q.sum(axis=-1) ** 2
