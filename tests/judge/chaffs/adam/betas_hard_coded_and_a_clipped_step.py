# expect: unknown
import numpy as np


def adam_step(theta, g, m, v, t, lr=0.001):
    m = 0.9 * m + 0.1 * g
    v = 0.999 * v + 0.001 * g**2
    u = (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return theta - lr * np.clip(u, -2, 2), m, v
