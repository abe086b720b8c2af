"""KL divergence of Bernoulli distributions with lists of numbers."""

import math


def kl_bernoulli(p, q):
    """p · log(p / q) + (1 − p) · log((1 − p) / (1 − q)) of two numbers.

    >>> round(kl_bernoulli(0.4, 0.5), 4)
    0.0201
    """
    total = 0.0
    for a, b in ((p, q), (1 - p, 1 - q)):
        if a == 0:
            continue
        if b == 0:
            return math.inf
        total += a * math.log(a / b)
    return total
