# expect: right
import math


def log_loss(y, p):
    """one example: y is 0 or 1"""
    if y == 1:
        return -math.log(p) if p > 0 else float("inf")
    return -math.log(1 - p) if p < 1 else float("inf")
