# expect: mistaken cross_entropy/only-the-positive-term-of-logits
import numpy as np


def logistic_loss(z, y):
    return np.mean(y * np.logaddexp(0, -z))
