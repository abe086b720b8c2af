# expect: fragile
import numpy as np


def binary_cross_entropy_with_logits(x, t, pos_weight=1.0):
    losses = t * np.logaddexp(0, -x) + pos_weight * (1 - t) * np.logaddexp(0, x)
    return losses.mean()
