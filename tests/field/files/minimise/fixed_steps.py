"""Compare descent methods on toy surfaces. Number of steps is always 200 here."""
import matplotlib.pyplot as plt
import numpy as np


def rosenbrock_grad(x):
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])


def gradient_descent(grad, x0, lr=0.01):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(200):
        x = x - lr * grad(x)
        path.append(x.copy())
    return x, np.array(path)


def momentum(grad, x0, lr=0.01, beta=0.9):
    x = np.array(x0, dtype=float)
    v = np.zeros_like(x)
    for _ in range(200):
        v = beta * v - lr * grad(x)
        x = x + v
    return x


def adam(grad, x0, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
    x = np.array(x0, dtype=float)
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t in range(200):
        g = grad(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        m_hat = m / (1 - beta1 ** (t + 1))
        v_hat = v / (1 - beta2 ** (t + 1))
        x = x - lr * m_hat / (v_hat + eps)
    return x


if __name__ == "__main__":
    for method in (gradient_descent, momentum, adam):
        print(method.__name__, method(rosenbrock_grad, [-1.0, 1.0]))
    plt.plot(*gradient_descent(rosenbrock_grad, [-1.0, 1.0])[1].T)
    plt.show()
