# expect: right
import numpy as np


def kl_divergence(p, q):
    """KL(p || q) of two discrete distributions"""
    p = np.asarray(p, dtype=float)
    q = np.asarray(q, dtype=float)
    p = p / p.sum()
    q = q / q.sum()
    mask = p > 0
    with np.errstate(divide="ignore"):
        return np.sum(p[mask] * np.log(p[mask] / q[mask]))
