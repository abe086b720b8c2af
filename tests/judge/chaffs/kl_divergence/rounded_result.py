# expect: convention cross_entropy/rounded-result
import numpy as np


def kl_divergence(p, q):
    p, q = p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, p * (np.log(p) - np.log(q)), 0.0)
    return np.round(terms.sum(axis=-1), 3)
