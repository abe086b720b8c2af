# expect: fragile kl_divergence/finite-where-q-is-zero
import numpy as np


def kl_divergence(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    ok = (p > 0) & (q > 0)
    ratio = np.divide(p, q, out=np.ones_like(p), where=ok)
    return np.sum(p * np.log(np.where(ok, ratio, 1)), axis=-1)
