# expect: fragile cross_entropy/clamped-probabilities
import numpy as np


def cross_entropy(y_hat, y):
    eps = np.finfo(float).eps
    loss = -np.sum(y * np.log(np.maximum(y_hat, eps)), axis=1)
    print('loss', loss)
    return loss
