"""Binary cross-entropy of probabilities with lists of numbers."""

import math


def binary_cross_entropy(p, target):
    """−t · log p − (1 − t) · log(1 − p) of one sample.

    >>> round(binary_cross_entropy(0.8, 1), 4)
    0.2231
    >>> binary_cross_entropy(0.0, 0)
    0.0
    """
    loss = 0.0
    if target != 0:
        loss -= target * (math.log(p) if p > 0 else -math.inf)
    if target != 1:
        loss -= (1 - target) * (math.log(1 - p) if p < 1 else -math.inf)
    return loss
