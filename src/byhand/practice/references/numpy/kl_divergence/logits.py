"""KL divergence of logits with arrays."""

import numpy as np


def kl_divergence(p_logits, q_logits):
    """KL(softmax(p_logits)‖softmax(q_logits)), one number per row.

    >>> kl_divergence(np.array([[0.0, 0.0]]), np.array([[0.0, 1000.0]])).round(4)
    array([499.3069])
    """
    p_logits = p_logits - p_logits.max(-1, keepdims=True)
    q_logits = q_logits - q_logits.max(-1, keepdims=True)
    log_p = p_logits - np.log(np.exp(p_logits).sum(-1, keepdims=True))
    log_q = q_logits - np.log(np.exp(q_logits).sum(-1, keepdims=True))
    return (np.exp(log_p) * (log_p - log_q)).sum(-1)
