# expect: unknown
import numpy as np


def cross_entropy(probs, y):
    return -np.log(probs[np.arange(len(y)), y])[:10].mean()
