"""Binary cross-entropy of probabilities with arrays."""

import numpy as np


def binary_cross_entropy(p, target):
    """Mean of −t · log p − (1 − t) · log(1 − p).

    >>> print(round(binary_cross_entropy(np.array([0.8, 0.0]), np.array([1.0, 0.0])), 4))
    0.1116
    """
    positive = np.log(np.where(target != 0, p, 1))
    negative = np.log(np.where(target != 1, 1 - p, 1))
    return -(target * positive + (1 - target) * negative).mean()
