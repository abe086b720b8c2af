# expect: mistaken cross_entropy/base-2-logarithm-of-the-normaliser cross_entropy/max-not-subtracted
import numpy as np


def cross_entropy(logits, y):
    z = np.log2(np.exp(logits).sum(axis=1))
    return (z - logits[np.arange(len(y)), y]).mean()
