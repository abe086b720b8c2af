# expect: mistaken adam/one-minus-beta-missing
import numpy as np


def adam(theta, grad, m, v, t, alpha=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """One step of Adam; t starts at 1."""
    m = beta1 * m + grad
    v = beta2 * v + grad**2
    mhat = m / (1 - beta1**t)
    vhat = v / (1 - beta2**t)
    theta = theta - alpha * mhat / (np.sqrt(vhat) + epsilon)
    return theta, m, v
