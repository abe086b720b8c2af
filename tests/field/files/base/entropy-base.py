# information measures. base=2 gives bits, base=np.e nats
import numpy as np


def shannon_entropy(p, base=2):
    p = p[p > 0]
    return -(p * np.log(p)).sum() / np.log(base)


def kl_divergence(p, q, base=np.e):
    p = np.asarray(p, float)
    q = np.asarray(q, float)
    total = 0.0
    for a, b in zip(p, q):
        if a > 0:
            if b == 0:
                return np.inf
            total += a * (np.log(a) - np.log(b))
    return total / np.log(base)


def cross_entropy(p, q):
    """p true, q predicted, in bits"""
    s = p > 0
    return -np.sum(p[s] * np.log2(q[s]))


def relative_entropy_bits(p, q):
    s = p > 0
    return np.sum(p[s] * np.log2(p[s] / q[s]))
