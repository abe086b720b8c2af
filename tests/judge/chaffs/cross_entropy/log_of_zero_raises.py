# expect: fragile
import math


def bce(y, p):
    if y == 1:
        return -math.log(p)
    else:
        return -math.log(1 - p)
