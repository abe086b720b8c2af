# expect: fragile cross_entropy/zero-times-log-zero
import numpy as np


def cross_entropy_cost(AL, Y):
    m = Y.shape[1]
    cost = -(1.0 / m) * (np.dot(Y, np.log(AL).T) + np.dot(1 - Y, np.log(1 - AL).T))
    return np.squeeze(cost)
