# expect: unknown
import math


def cross_entropy(x, y):
    m = max(x)
    z = m + math.log(sum(math.exp(v - m) for v in x))
    return z * z - x[y]
