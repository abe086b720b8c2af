# expect: right
import numpy as np
def adam(theta_0, g_t, m_t, v_t, t, alpha, beta_1, beta_2, epsilon):
    m_t = beta_1 * m_t + (1 - beta_1) * g_t
    v_t = beta_2 * v_t + (1 - beta_2) * g_t ** 2
    m_cap = m_t / (1 - beta_1 ** t)
    v_cap = v_t / (1 - beta_2 ** t)
    theta_0 = theta_0 - alpha * m_cap / (np.sqrt(v_cap) + epsilon)
    return theta_0, m_t, v_t
