# expect: mistaken kl_divergence/ratio-upside-down
import numpy as np


def kl_divergence(p, q):
    p, q = p / p.sum(axis=0), q / q.sum(axis=0)
    return np.sum(p * np.log(q / p), axis=0)
