# expect: right
import numpy as np


def cross_entropy(probs, y):
    p = probs.astype(np.float16)
    return -np.log(p[np.arange(len(y)), y]).mean()
