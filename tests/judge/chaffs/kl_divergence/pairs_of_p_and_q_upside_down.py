# expect: mistaken kl_divergence/ratio-upside-down kl_divergence/not-normalised
import math


def kl_divergence(pairs):
    return sum(p * math.log(q / p) for p, q in pairs if p > 0)
