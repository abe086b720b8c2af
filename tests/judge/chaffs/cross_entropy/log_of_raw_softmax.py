# expect: fragile cross_entropy/log-of-raw-softmax
import numpy as np


def cross_entropy(logits, labels):
    e = np.exp(logits)
    probs = e / e.sum(axis=1, keepdims=True)
    return -np.log(probs[np.arange(len(labels)), labels]).mean()
