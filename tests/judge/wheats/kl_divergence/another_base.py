# expect: right
import numpy as np
from scipy.special import rel_entr


def kl_divergence(p, q, base=np.e):
    p, q = p / p.sum(-1, keepdims=True), q / q.sum(-1, keepdims=True)
    return rel_entr(p, q).sum(axis=-1) / np.log(base)
