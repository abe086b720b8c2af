# expect: convention kl_divergence/not-normalised
import math


def kl_divergence(pairs):
    if any(p > 0 and q == 0 for p, q in pairs):
        return math.inf
    return sum(p * math.log(p / q) for p, q in pairs if p > 0)
