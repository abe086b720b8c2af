# expect: mistaken cross_entropy/only-the-positive-term
import math


def bce(y, p):
    n = len(y)
    total = 0.0
    for i in range(n):
        if y[i] > 0:
            total += y[i] * (math.log(p[i]) if p[i] > 0 else -math.inf)
    return -total / n
