# expect: right
import numpy as np


def logistic_loss(labels, f):
    """Labels are -1 and 1."""
    return np.mean(np.logaddexp(0, -labels * f))
