# expect: mistaken cross_entropy/input-changed-in-place
import numpy as np


def cross_entropy(logits, y):
    logits -= logits.max(axis=1, keepdims=True)
    lse = np.log(np.exp(logits).sum(axis=1))
    return np.mean(lse - logits[np.arange(len(y)), y])
