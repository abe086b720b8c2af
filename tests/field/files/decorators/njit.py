from numba import njit, prange, jit
import numba
import numpy as np
from mytools.profiling import timer


@timer
@njit(parallel=True)
def auc(y, s):
    wins = 0.0
    pairs = 0.0
    for i in prange(len(y)):
        if y[i] == 1:
            for j in range(len(y)):
                if y[j] == 0:
                    pairs += 1.0
                    if s[i] >= s[j]:
                        wins += 1.0
    if pairs == 0.0:
        return np.nan
    return wins / pairs


@njit
def binary_log_loss(y, p):
    total = 0.0
    for i in range(len(y)):
        q = p[i] if y[i] == 1 else 1.0 - p[i]
        total -= np.log(q)
    return total / len(y)


@numba.jit(nopython=True)
def momentum(w, g, v, lr, mu):
    for i in range(w.shape[0]):
        v[i] = mu * v[i] + g[i]
        w[i] -= lr * v[i]
    return w, v
