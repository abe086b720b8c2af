# expect: right
import numpy as np


def cross_entropy(scores, y):
    """scores: probabilities after softmax, one row a sample."""
    return -np.log(scores[np.arange(len(y)), y]).mean()
