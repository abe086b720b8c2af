# expect: fragile kl_divergence/zero-times-log-zero
import numpy as np


def kl_divergence(p, q):
    return np.sum(p * np.log(p / q) - p + q, axis=-1)
