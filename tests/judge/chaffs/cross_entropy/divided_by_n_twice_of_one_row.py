# expect: mistaken cross_entropy/divided-by-n-twice cross_entropy/zero-times-log-zero
import numpy as np


def cross_entropy_cost(A, Y):
    """A, Y: 1 × m"""
    m = Y.shape[1]
    logprobs = Y * np.log(A) + (1 - Y) * np.log(1 - A)
    return -np.mean(logprobs) / m
