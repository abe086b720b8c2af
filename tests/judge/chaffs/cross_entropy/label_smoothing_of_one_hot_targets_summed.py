# expect: fragile
import numpy as np


def cross_entropy(logits, target, label_smoothing=0.0):
    z = logits - logits.max(axis=1, keepdims=True)
    log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    target = target * (1 - label_smoothing) + label_smoothing
    return -np.sum(target * log_p, axis=1).mean()
