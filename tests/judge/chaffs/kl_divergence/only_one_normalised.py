# expect: fragile kl_divergence/only-one-normalised
import numpy as np
from scipy.special import rel_entr


def kl(p, q):
    p = p / p.sum(axis=-1, keepdims=True)
    return rel_entr(p, q).sum(axis=-1)
