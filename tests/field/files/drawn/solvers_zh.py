# -*- coding: utf-8 -*-
# 最优化作业三：几种一阶方法的比较
import numpy as np
import matplotlib.pyplot as plt


class Quadratic:
    """f(x) = 1/2 x'Ax - b'x"""

    def __init__(self, A, b):
        self.A, self.b = A, b

    def evaluate(self, x):
        return 0.5 * x @ self.A @ x - self.b @ x

    def evaluate_gradient(self, x):
        return self.A @ x - self.b


def gradient_descent(problem, x0, lr=0.1, n_iter=100):
    x = x0.copy()
    values = []
    for k in range(n_iter):
        g = problem.evaluate_gradient(x)
        x = x - lr * g
        values.append(problem.evaluate(x))
    return x, values


class Momentum:
    """动量法"""

    def __init__(self, lr=0.1, beta=0.9):
        self.lr = lr
        self.beta = beta

    def minimize(self, loss, x, steps=100):
        v = np.zeros_like(x)
        for _ in range(steps):
            v = self.beta * v + loss.gradient(x)
            x = x - self.lr * v
        return x


def adam(loss, x, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8, steps=100):
    m, v = np.zeros_like(x), np.zeros_like(x)
    for t in range(1, steps + 1):
        g = loss.grad(x)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g ** 2
        # 偏差修正
        m_hat = m / (1 - beta1 ** t)
        v_hat = v / (1 - beta1 ** t)
        x = x - lr * m_hat / (np.sqrt(v_hat) + eps)
    return x


A = np.diag([1.0, 30.0])
problem = Quadratic(A, np.ones(2))
for rate in (0.01, 0.05):
    xs, fs = gradient_descent(problem, np.zeros(2), rate)
    plt.plot(fs, label=f"lr={rate}")
plt.legend()
plt.show()
