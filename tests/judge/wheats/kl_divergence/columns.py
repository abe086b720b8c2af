# expect: right
import numpy as np


def kl_divergence(p_logits, q_logits):
    """Each column is a sample, as in the lecture."""
    log_p = p_logits - np.logaddexp.reduce(p_logits, axis=0)
    log_q = q_logits - np.logaddexp.reduce(q_logits, axis=0)
    return np.mean(np.sum(np.exp(log_p) * (log_p - log_q), axis=0))
