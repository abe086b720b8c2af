# expect: library kl_divergence/minus-p-plus-q
from scipy.special import kl_div


def kl(p, q):
    return kl_div(p, q).sum(axis=-1)
