# expect: convention kl_divergence/base-10-logarithm kl_divergence/not-normalised
import math


def kl(p, q):
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            total += a * math.log10(a / b) if b > 0 else math.inf
    return total
