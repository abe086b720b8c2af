# expect: right
import numpy as np


def adam_update(theta, grad, state, i, alpha=1e-3, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
    m, v = state
    m = beta_1 * m + (1.0 - beta_1) * grad
    v = beta_2 * v + (1.0 - beta_2) * np.square(grad)
    m_hat = m / (1.0 - beta_1 ** (i + 1))
    v_hat = v / (1.0 - beta_2 ** (i + 1))
    return theta - alpha * m_hat / (np.sqrt(v_hat) + epsilon), (m, v)
