# expect: fragile cross_entropy/max-of-the-whole-batch
import numpy as np


def cross_entropy(logits, y):
    z = logits - np.max(logits)
    p = np.exp(z) / np.sum(np.exp(z), axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(y)), y]))
