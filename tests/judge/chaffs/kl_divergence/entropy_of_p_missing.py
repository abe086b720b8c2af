# expect: mistaken kl_divergence/entropy-of-p-missing
import numpy as np


def kl(p, q):
    with np.errstate(divide="ignore"):
        lq = np.log(q, out=np.zeros_like(q), where=p > 0)
    return -np.sum(p * lq)
