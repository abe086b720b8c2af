# expect: mistaken adamw/decay-inside-the-fraction
import numpy as np


def adamw_update(w, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2):
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad * grad
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    w = w - lr * (m_hat + weight_decay * w) / (np.sqrt(v_hat) + eps)
    return w, m, v
