# expect: library kl_divergence/base-2-logarithm
from scipy.stats import entropy


def relative_entropy(p, q):
    return entropy(p, q, base=2, axis=1)
