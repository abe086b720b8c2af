# 第4章 勾配法の練習（数値微分）
import numpy as np


def numerical_gradient(f, x):
    h = 1e-4
    grad = np.zeros_like(x)
    for idx in range(x.size):
        keep = x[idx]
        x[idx] = keep + h
        above = f(x)
        x[idx] = keep - h
        below = f(x)
        grad[idx] = (above - below) / (2 * h)
        x[idx] = keep
    return grad


def function_2(x):
    return x[0] ** 2 + x[1] ** 2


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    for i in range(step_num):
        grad = numerical_gradient(f, x)
        x -= lr * grad
    return x


def gradient_descent_wrong(f, init_x, lr=0.01, step_num=100):
    """Climbs; kept to show in class what the sign does."""
    x = init_x
    for i in range(step_num):
        grad = numerical_gradient(f, x)
        x += lr * grad
    return x


def momentum(f, init_x, lr=0.01, mu=0.9, step_num=100):
    x = init_x.copy()
    v = np.zeros_like(x)
    for i in range(step_num):
        v = mu * v - lr * numerical_gradient(f, x)
        x += v
    return x


print(gradient_descent(function_2, np.array([-3.0, 4.0]), lr=0.1))
