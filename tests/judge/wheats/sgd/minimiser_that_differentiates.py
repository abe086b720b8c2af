# expect: right
import numpy as np


def numerical_gradient(f, x):
    h, grad = 1e-4, np.zeros_like(x)
    for i in range(x.size):
        old = x[i]
        x[i] = old + h
        above = f(x)
        x[i] = old - h
        grad[i] = (above - f(x)) / (2 * h)
        x[i] = old
    return grad


def gradient_descent(f, init_x, lr=0.01, step_num=100):
    x = init_x
    for _ in range(step_num):
        x -= lr * numerical_gradient(f, x)
    return x
