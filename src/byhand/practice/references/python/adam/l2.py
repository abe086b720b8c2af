"""Adam with L2, with lists of numbers."""

import math


def adam(params, grads, m, v, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
    """Adam whose weight decay is part of the gradient.

    >>> params, m, v = adam([1.0, 2.0], [0.5, -3.0], [0.0, 0.0], [0.0, 0.0], t=1, lr=0.1, weight_decay=2.0)
    >>> [round(w, 4) for w in params]
    [0.9, 1.9]
    """
    for i in range(len(params)):
        g = grads[i] + weight_decay * params[i]
        m[i] = beta1 * m[i] + (1 - beta1) * g
        v[i] = beta2 * v[i] + (1 - beta2) * g**2
        m_hat = m[i] / (1 - beta1**t)
        v_hat = v[i] / (1 - beta2**t)
        params[i] -= lr * m_hat / (math.sqrt(v_hat) + eps)
    return params, m, v
