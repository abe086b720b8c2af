# expect: right
import math


def cross_entropy(probs, labels):
    return [-math.log(p[y]) if p[y] > 0 else math.inf for p, y in zip(probs, labels)]
