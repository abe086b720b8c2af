# expect: mistaken cross_entropy/no-keepdim
import numpy as np


def cross_entropy(logits, y):
    z = logits - logits.max(axis=1)
    logp = z - np.log(np.exp(z).sum(axis=1))
    return -logp[np.arange(len(y)), y].mean()
