# expect: mistaken kl_divergence/absolute-values-of-terms kl_divergence/zero-times-log-zero
import math


def KL散度(p, q):
    return sum(abs(a * math.log(a / b)) for a, b in zip(p, q))
