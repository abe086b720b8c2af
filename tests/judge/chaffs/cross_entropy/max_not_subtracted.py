# expect: fragile cross_entropy/max-not-subtracted
import numpy as np


def cross_entropy(scores, y):
    correct = scores[np.arange(scores.shape[0]), y]
    return np.mean(-correct + np.log(np.sum(np.exp(scores), axis=1)))
