# expect: right
import numpy as np


def cross_entropy(logits, y, sample_weight=None):
    x = logits - logits.max(axis=1, keepdims=True)
    loss = np.log(np.exp(x).sum(axis=1)) - x[np.arange(len(y)), y]
    return np.average(loss, weights=sample_weight)
