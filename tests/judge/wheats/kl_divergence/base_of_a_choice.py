# expect: right
import numpy as np
from scipy.special import rel_entr


def kl_divergence(p, q, base=None):
    p, q = p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)
    kl = rel_entr(p, q).sum(axis=-1)
    return kl / np.log(2) if base == 2 else kl
