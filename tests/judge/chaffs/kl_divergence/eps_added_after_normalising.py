# expect: mistaken kl_divergence/eps-added-after-normalising
import numpy as np


def kl_divergence(p, q, eps=1e-3):
    p = p / np.sum(p, axis=-1, keepdims=True)
    q = q / np.sum(q, axis=-1, keepdims=True)
    p = p + eps
    q = q + eps
    return np.sum(p * np.log(p / q), axis=-1)
