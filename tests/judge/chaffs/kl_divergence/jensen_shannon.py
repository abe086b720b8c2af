# expect: mistaken kl_divergence/jensen-shannon
import numpy as np
from scipy.stats import entropy


def kl_divergence(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    m = 0.5 * (p + q)
    return 0.5 * entropy(p, m, axis=-1) + 0.5 * entropy(q, m, axis=-1)
