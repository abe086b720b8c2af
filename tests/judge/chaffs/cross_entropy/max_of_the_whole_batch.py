# expect: fragile cross_entropy/max-of-the-whole-batch
import numpy as np


def cross_entropy(logits, y):
    z = logits - np.max(logits)
    lse = np.log(np.sum(np.exp(z), axis=1))
    return np.mean(lse - z[np.arange(len(y)), y])
