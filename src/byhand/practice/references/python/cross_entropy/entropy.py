"""Entropy with lists of numbers."""

import math


def entropy(p):
    """−Σ p · log p.

    >>> round(entropy([0.5, 0.5, 0.0]), 4)
    0.6931
    """
    return sum(-q * math.log(q) for q in p if q > 0)
