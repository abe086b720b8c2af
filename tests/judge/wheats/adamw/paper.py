# expect: convention adamw/decay-without-lr
import numpy as np


def adamw_step(theta, grad, m, v, t, alpha=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, lam=1e-2):
    """Loshchilov & Hutter, Algorithm 2: the decay is not multiplied by alpha."""
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    theta = theta - (alpha * m_hat / (np.sqrt(v_hat) + eps) + lam * theta)
    return theta, m, v
