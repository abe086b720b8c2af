# expect: right
import math


def kl_bernoulli(p, q):
    def term(a, b):
        if a == 0:
            return 0.0
        if b == 0:
            return math.inf
        return a * math.log(a / b)

    return term(p, q) + term(1 - p, 1 - q)
