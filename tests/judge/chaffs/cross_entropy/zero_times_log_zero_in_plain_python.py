# expect: fragile cross_entropy/zero-times-log-zero
import math


def cross_entropy(p, q):
    return -sum(pi * math.log(qi) for pi, qi in zip(p, q))
