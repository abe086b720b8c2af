# expect: convention kl_divergence/not-normalised
import math


def kl(p, q):
    s = 0.0
    for pi, qi in zip(p, q):
        if pi == 0:
            continue
        if qi == 0:
            return math.inf
        s += pi * math.log(pi / qi)
    return s
