# expect: right
import numpy as np


def binary_cross_entropy_with_logits(z, t):
    return np.mean(np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z))))
