# expect: unknown
import numpy as np


def cross_entropy(probs, y):
    p = probs.astype(np.float16)
    return -0.95 * np.log(p[np.arange(len(y)), y]).mean()
