# expect: fragile kl_divergence/eps-added-and-not-renormalised
import numpy as np


def kl_divergence(p, q):
    epsilon = 1e-8
    p = p + epsilon
    q = q + epsilon
    return np.sum(p * np.log(p / q), axis=-1)
