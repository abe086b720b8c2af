# expect: unknown
import numpy as np


def cross_entropy(logits, labels):
    z = logits - logits.max(1, keepdims=True)
    l = np.log(np.exp(z).sum(1)) - z[np.arange(len(labels)), labels]
    return np.minimum(l, 4.0).mean()
