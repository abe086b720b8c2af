# expect: fragile impossible-event kl_divergence/not-normalised
import math


def kl_divergence(pairs):
    return sum(p * math.log(p / q) for p, q in pairs if p > 0)
