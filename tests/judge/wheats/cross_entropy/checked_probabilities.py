# expect: right
import numpy as np


def cross_entropy(probs, y):
    probs = np.asarray(probs)
    if not np.allclose(probs.sum(axis=1), 1):
        raise ValueError("rows must sum to 1")
    return -np.log(probs[np.arange(len(y)), y]).mean()
