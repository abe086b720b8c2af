# expect: mistaken kl_divergence/weighted-by-q
import numpy as np


def kl(p, q):
    p = p / p.sum(axis=1, keepdims=True)
    q = q / q.sum(axis=1, keepdims=True)
    return np.sum(q * np.log(p / q), axis=1)
