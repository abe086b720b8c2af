# expect: fragile
import numpy as np


def cross_entropy(logits, y, label_smoothing=0.0):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    s = label_smoothing**2
    return np.mean(-(1 - s) * log_p[np.arange(len(y)), y] - s * log_p.mean(axis=1))
