# expect: right
import math


def cross_entropy(target, predicted):
    """H(target, predicted) of two lists of probabilities"""
    total = 0.0
    for t, p in zip(target, predicted):
        if t > 0:
            total -= t * (math.log(p) if p > 0 else -math.inf)
    return total
