"""KL divergence of logits with lists of numbers."""

import math


def kl_divergence(p_logits, q_logits):
    """KL(softmax(p_logits)‖softmax(q_logits)).

    >>> round(kl_divergence([0.0, 0.0], [0.0, 1000.0]), 4)
    499.3069
    """
    c, d = max(p_logits), max(q_logits)
    log_Zp = c + math.log(sum(math.exp(x - c) for x in p_logits))
    log_Zq = d + math.log(sum(math.exp(x - d) for x in q_logits))
    total = 0.0
    for x, y in zip(p_logits, q_logits, strict=True):
        log_p, log_q = x - log_Zp, y - log_Zq
        total += math.exp(log_p) * (log_p - log_q)
    return total
