"""Losses for the tabular models. Z are labels, Z_pred what the last layer gives."""
import numpy as np
from numba import njit

EPS = 1e-15


@njit
def multiclass_crossentropy(Z, Z_pred):
    Z_pred = Z_pred.copy()
    n, k = Z_pred.shape
    for i in range(n):
        for j in range(k):
            if Z_pred[i, j] == 0:
                Z_pred[i, j] = EPS
    return -Z * np.log(Z_pred)


def mini_batch_cross_entropy_error(y, t):
    if y.ndim == 1:
        t = t.reshape(1, t.size)
        y = y.reshape(1, y.size)
    n = y.shape[0]
    return -np.sum(t * np.log(y[np.arange(n), t] + 1e-7)) / n


def mean_cross_entropy(inputs, targets, weights, reg=False):
    """Cost of the logistic regression with these weights."""
    z = np.dot(np.hstack([inputs, np.ones((len(inputs), 1))]), weights)
    cost = np.mean(np.logaddexp(0, z) - targets * z)
    return cost + 0.01 * np.linalg.norm(weights) if reg else cost


def compute_kl(file1, file2):
    with open(file1) as a, open(file2) as b:
        p, q = (np.array([float(x) for x in f.read().split()]) for f in (a, b))
    return np.sum(p / p.sum() * np.log((p / p.sum()) / (q / q.sum())))
