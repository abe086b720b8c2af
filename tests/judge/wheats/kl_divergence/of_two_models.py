# expect: convention kl_divergence/not-normalised
import numpy as np


def kl_divergence(p_true, p_model):
    terms = np.zeros_like(p_true)
    seen = p_true > 0
    terms[seen] = p_true[seen] * (np.log(p_true[seen]) - np.log(p_model[seen]))
    return terms.sum()
