"""KL divergence of probabilities with arrays."""

import numpy as np


def kl_divergence(p, q):
    """KL(p‖q), one number per row; each row is first divided by its sum.

    >>> kl_divergence(np.array([[0.4, 0.6], [1.0, 0.0]]), np.array([[0.5, 0.5], [0.5, 0.5]])).round(4)
    array([0.0201, 0.6931])
    """
    p = p / p.sum(-1, keepdims=True)
    q = q / q.sum(-1, keepdims=True)
    seen = p != 0
    log_ratio = np.log(np.where(seen, p, 1)) - np.log(np.where(seen, q, 1))
    return (p * log_ratio).sum(-1)
