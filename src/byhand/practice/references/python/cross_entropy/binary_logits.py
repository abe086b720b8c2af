"""Binary cross-entropy of logits with lists of numbers."""

import math


def binary_cross_entropy(logit, target):
    """Binary cross-entropy of p = σ(x), for any x, of one sample.

    >>> round(binary_cross_entropy(0.0, 1), 4)
    0.6931
    >>> binary_cross_entropy(1000.0, 0)
    1000.0
    """
    rest = math.log1p(math.exp(-abs(logit)))
    return max(logit, 0.0) - logit * target + rest
