# expect: mistaken cross_entropy/clamped-probabilities
import math


def log_loss(p, y):
    p = min(max(p, 0.01), 0.99)
    return -math.log(p) if y == 1 else -math.log(1 - p)
