# expect: mistaken kl_divergence/symmetric
from scipy.stats import entropy


def kl_div(p, q):
    return entropy(p, q, axis=-1) + entropy(q, p, axis=-1)
