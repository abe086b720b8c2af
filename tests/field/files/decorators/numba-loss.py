import numba as nb
import numpy as np
import math


@nb.njit(cache=True)
def xent(logits, labels):
    n, k = logits.shape
    total = 0.0
    for i in range(n):
        m = logits[i, 0]
        for j in range(1, k):
            if logits[i, j] > m:
                m = logits[i, j]
        s = 0.0
        for j in range(k):
            s += math.exp(logits[i, j] - m)
        total += m + math.log(s) - logits[i, labels[i]]
    return total / n


@nb.jit(nopython=True, fastmath=True)
def kl(p, q):
    out = 0.0
    for i in range(p.shape[0]):
        if p[i] > 0:
            if q[i] <= 0:
                return math.inf
            out += p[i] * math.log(p[i] / q[i])
    return out


def bench():
    x = np.random.randn(1000, 10)
    %timeit xent(x, np.zeros(1000, dtype=np.int64))
