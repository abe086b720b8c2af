"""optimisation playground: minimise f from x0, plots in the other file"""
import numpy as np
import matplotlib.pyplot as plt
from mpl_toolkits.mplot3d import Axes3D


def rosenbrock(x):
    return (1 - x[0]) ** 2 + 100 * (x[1] - x[0] ** 2) ** 2


def rosenbrock_grad(x):
    return np.array([-2 * (1 - x[0]) - 400 * x[0] * (x[1] - x[0] ** 2), 200 * (x[1] - x[0] ** 2)])


def gradient_descent(grad_fn, x0, lr=0.1, n_iter=100):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(n_iter):
        x = x - lr * grad_fn(x)
        path.append(x.copy())
    return np.array(path)


def momentum_descent(grad_fn, x0, lr=0.1, momentum=0.9, n_iter=100):
    x = np.array(x0, dtype=float)
    v = np.zeros_like(x)
    path = [x.copy()]
    for _ in range(n_iter):
        v = momentum * v + grad_fn(x)
        x = x - lr * v
        path.append(x.copy())
    return np.array(path)


def adam(f, grad, x0, lr=0.1, beta1=0.9, beta2=0.999, eps=1e-8, num_iterations=100):
    x = np.array(x0, dtype=float)
    m = np.zeros_like(x)
    v = np.zeros_like(x)
    history = []
    for t in range(1, num_iterations + 1):
        g = grad(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        x = x - lr * (m / (1 - beta1 ** t)) / (np.sqrt(v / (1 - beta2 ** t)) + eps)
        history.append(f(x))
    return x, history


fig = plt.figure()
p = gradient_descent(rosenbrock_grad, [-1.0, 2.0], lr=1e-3)
plt.plot(p[:, 0], p[:, 1], 'r.-')
plt.show()
