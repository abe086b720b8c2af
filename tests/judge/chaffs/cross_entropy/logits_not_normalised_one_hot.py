# expect: mistaken cross_entropy/logits-not-normalised
import numpy as np


def cross_entropy(logits, one_hot):
    return -np.sum(one_hot * logits, axis=-1).mean()
