# expect: mistaken kl_divergence/ratio-upside-down
import math


def kl(p, q):
    total = 0
    for a, b in zip(p, q):
        if a > 0:
            total += a * (math.log(b / a) if b > 0 else -math.inf)
    return total
