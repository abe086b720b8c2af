# expect: fragile kl_divergence/clamped-probabilities
import numpy as np


def kl_divergence(p, q):
    eps = np.finfo(float).eps
    p = np.maximum(p, eps)
    q = np.maximum(q, eps)
    return np.sum(p * np.log(p / q))
