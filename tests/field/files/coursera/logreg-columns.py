"""
multi-class version, columns are samples!
Z: (C, m)   Y: (C, m) one-hot
"""
import numpy as np


def softmax_cost(Z, Y):
    m = Z.shape[1]
    Z = Z - np.max(Z, axis=0, keepdims=True)
    logA = Z - np.log(np.sum(np.exp(Z), axis=0, keepdims=True))
    return -np.sum(Y * logA) / m


def softmax_cost_bad(Z, Y):
    # forgot that columns are samples
    m = Z.shape[1]
    Z = Z - np.max(Z, axis=1, keepdims=True)
    logA = Z - np.log(np.sum(np.exp(Z), axis=1, keepdims=True))
    return -np.sum(Y * logA) / m
