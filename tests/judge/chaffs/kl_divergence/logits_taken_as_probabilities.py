# expect: mistaken cross_entropy/logits-taken-as-probabilities
import numpy as np


def kl_divergence(p_logits, q_logits):
    return np.sum(p_logits * np.log(p_logits / q_logits), axis=-1)
