# expect: mistaken kl_divergence/input-changed-in-place
import numpy as np
from scipy.special import rel_entr


def kl_divergence(p, q):
    p /= p.sum(axis=-1, keepdims=True)
    q /= q.sum(axis=-1, keepdims=True)
    return rel_entr(p, q).sum(axis=-1)
