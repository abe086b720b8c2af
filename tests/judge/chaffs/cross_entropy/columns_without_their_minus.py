# expect: mistaken cross_entropy/sign-missing-of-logits
import numpy as np


def softmax_cost(Z, Y):
    m = Z.shape[1]
    Z = Z - Z.max(axis=0, keepdims=True)
    log_a = Z - np.log(np.exp(Z).sum(axis=0, keepdims=True))
    return np.sum(Y * log_a) / m
