# expect: mistaken kl_divergence/weight-missing
import numpy as np


def kl(p, q):
    p = p / p.sum(axis=1, keepdims=True)
    q = q / q.sum(axis=1, keepdims=True)
    return np.log(p / q).sum(axis=1)
