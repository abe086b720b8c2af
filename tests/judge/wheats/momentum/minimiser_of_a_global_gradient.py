# expect: right
import numpy as np


def grad_f(x):
    return np.array([x[0], 9.0 * x[1]])


def momentum(x0, lr=0.05, beta=0.9, max_iter=200):
    x, v = np.array(x0, dtype=float), np.zeros(2)
    for _ in range(max_iter):
        v = beta * v + grad_f(x)
        x = x - lr * v
    return x
