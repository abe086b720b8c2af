# expect: fragile kl_divergence/zero-times-log-zero
import numpy as np


def kl_divergence(p, q, base=np.e):
    p, q = p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)
    return np.sum(p * np.log(p / q), axis=-1) * np.log(base)
