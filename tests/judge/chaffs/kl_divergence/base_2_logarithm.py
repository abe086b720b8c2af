# expect: convention kl_divergence/base-2-logarithm
import numpy as np


def kl(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore"):
        t = np.where(p > 0, p * (np.log2(np.where(p > 0, p, 1)) - np.log2(np.where(p > 0, q, 1))), 0)
    return t.sum(axis=-1)
