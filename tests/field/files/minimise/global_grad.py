"""Exercise 3: three methods on the same function, whose gradient is a plain function of the module."""
import numpy as np


def f(x):
    return 0.5 * x[0] ** 2 + 4.5 * x[1] ** 2


def grad_f(x):
    return np.array([x[0], 9.0 * x[1]])


def steepest_descent(x0, lr=0.05, max_iter=500, tol=1e-8):
    x = np.array(x0, dtype=float)
    for _ in range(max_iter):
        g = grad_f(x)
        if np.linalg.norm(g) < tol:
            break
        x = x - lr * g
    return x


def heavy_ball_momentum(x0, lr=0.05, beta=0.9, max_iter=500):
    x, v = np.array(x0, dtype=float), np.zeros(2)
    trace = [x.copy()]
    for _ in range(max_iter):
        v = beta * v + grad_f(x)
        x = x - lr * v
        trace.append(x.copy())
    return x, trace


def adam(x0, lr=0.05, beta1=0.9, beta2=0.999, eps=1e-8, max_iter=500):
    x = np.array(x0, dtype=float)
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t in range(1, max_iter + 1):
        g = grad_f(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        x = x - lr * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps)
    return x


def adam_numpy(x0, lr=0.05, beta1=0.9, beta2=0.999, eps=1e-8, max_iter=500):
    x = np.array(x0, dtype=float)
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t in range(1, max_iter + 1):
        g = grad_f(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta1 * v + (1 - beta1) * g * g
        x = x - lr * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps)
    return x


if __name__ == "__main__":
    for method in (steepest_descent, heavy_ball_momentum, adam, adam_numpy):
        print(method.__name__, method([3.0, 1.0]))
