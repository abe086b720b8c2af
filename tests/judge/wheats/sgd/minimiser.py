# expect: right
import numpy as np


def gradient_descent(f, grad_f, x0, step_size=0.1, max_iter=1000, tol=1e-8):
    x = np.asarray(x0, dtype=float)
    values = [f(x)]
    for k in range(max_iter):
        g = grad_f(x)
        if np.linalg.norm(g) < tol:
            break
        x = x - step_size * g
        values.append(f(x))
    return x, values
