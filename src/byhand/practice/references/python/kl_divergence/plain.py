"""KL divergence of probabilities with lists of numbers."""

import math


def kl_divergence(p, q):
    """KL(p‖q); both are first divided by their sums.

    >>> round(kl_divergence([0.4, 0.6], [0.5, 0.5]), 4)
    0.0201
    """
    p = [a / sum(p) for a in p]
    q = [b / sum(q) for b in q]
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        total += a * math.log(a / b)
    return total
