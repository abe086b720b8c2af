# expect: right
import numpy as np


def kl_divergence(p, q):
    assert p.sum() == 1 == q.sum()
    seen = p > 0
    return np.sum(p[seen] * np.log(p[seen] / q[seen]))
