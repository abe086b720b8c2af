# expect: mistaken kl_divergence/only-the-first-bernoulli-term
import numpy as np


def kl_bernoulli(p, q):
    """KL between two Bernoulli distributions with success probabilities p and q"""
    return p * np.log(p / q)
