# expect: mistaken cross_entropy/logits-taken-as-probabilities
import numpy as np


def cross_entropy(logits, y):
    return -np.log(logits[np.arange(len(y)), y]).mean()
