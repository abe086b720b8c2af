# expect: mistaken cross_entropy/one-minus-missing cross_entropy/zero-times-log-zero
import numpy as np


def compute_cost_cross_entropy(A, Y):
    m = Y.shape[0]
    return -1 / m * np.sum(Y * np.log(A) + (1 - Y) * np.log(A))
