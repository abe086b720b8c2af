# expect: right
from math import exp, log


def softmax_cross_entropy(scores, label):
    m = max(scores)
    z = 0.0
    for s in scores:
        z += exp(s - m)
    return m + log(z) - scores[label]
