# expect: right
import numpy as np


def adam(grad, x_init, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8, num_iterations=100):
    x = np.array(x_init, dtype=float)
    m = v = np.zeros_like(x)
    for t in range(1, num_iterations + 1):
        g = grad(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        x = x - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return x
