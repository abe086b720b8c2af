# expect: mistaken cross_entropy/clamped-probabilities
import numpy as np


def cross_entropy(probs, y):
    p = np.clip(probs, 0.01, 1.0)
    return -np.log(p[np.arange(len(y)), y]).mean()
