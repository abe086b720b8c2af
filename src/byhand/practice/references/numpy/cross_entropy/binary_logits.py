"""Binary cross-entropy of logits with arrays."""

import numpy as np


def binary_cross_entropy(logits, target):
    """Mean of the binary cross-entropy of p = σ(x), for any x.

    >>> print(round(binary_cross_entropy(np.array([0.0, 1000.0]), np.array([1.0, 1.0])), 4))
    0.3466
    """
    positive = np.logaddexp(0, -logits)
    negative = np.logaddexp(0, logits)
    return (target * positive + (1 - target) * negative).mean()
