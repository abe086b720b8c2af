# expect: convention sgd/lr-over-root-of-t
import math


def sgd(theta, g, t, lr=0.1):
    return theta - lr / math.sqrt(t + 1) * g
