# expect: mistaken cross_entropy/terms-swapped
import math


def log_loss(y, p):
    if y == 0:
        return -math.log(p)
    return -math.log(1 - p)
