# expect: right
import numpy as np


def cross_entropy(logits, labels, model):
    z = logits - logits.max(axis=1, keepdims=True)
    return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(labels)), labels]).mean()
