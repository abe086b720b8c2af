"""Cross-entropy of probabilities with lists of numbers."""

import math


def cross_entropy(p, target):
    """−Σ target · log p.

    >>> round(cross_entropy([0.1, 0.2, 0.7], [0.0, 1.0, 0.0]), 4)
    1.6094
    """
    loss = 0.0
    for q, t in zip(p, target, strict=True):
        if t != 0:
            loss -= t * (math.log(q) if q > 0 else -math.inf)
    return loss
