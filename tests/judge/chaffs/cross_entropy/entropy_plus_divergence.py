# expect: fragile cross_entropy/zero-times-log-zero
from math import log


def cross_entropy(p, q):
    entropy = -sum(a * log(a) for a in p)
    divergence = 0
    for i in range(len(p)):
        divergence += p[i] * log(p[i] / q[i])
    return entropy + divergence
