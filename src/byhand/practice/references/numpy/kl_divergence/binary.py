"""KL divergence of Bernoulli distributions with arrays."""

import numpy as np


def kl_bernoulli(p, q):
    """p · log(p / q) + (1 − p) · log((1 − p) / (1 − q)), element by element.

    >>> kl_bernoulli(np.array([0.4, 1.0]), np.array([0.5, 0.5])).round(4)
    array([0.0201, 0.6931])
    """
    one = p * (np.log(np.where(p != 0, p, 1)) - np.log(np.where(p != 0, q, 1)))
    zero = (1 - p) * (np.log(np.where(p != 1, 1 - p, 1)) - np.log(np.where(p != 1, 1 - q, 1)))
    return one + zero
