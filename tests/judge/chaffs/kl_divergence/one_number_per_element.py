# expect: convention kl_divergence/one-number-per-element
import numpy as np
from scipy.special import rel_entr


def kl(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    q = q / q.sum(axis=-1, keepdims=True)
    return rel_entr(p, q)
