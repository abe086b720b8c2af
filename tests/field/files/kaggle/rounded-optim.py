import numpy as np


def adam_optimizer_step(parameter, grad, m, v, t, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
    """
    Your code here. Return (updated parameter, m, v) rounded to 5 decimals.
    """
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * (grad ** 2)
    mh = m / (1 - beta1 ** t)
    vh = v / (1 - beta2 ** t)
    parameter = parameter - learning_rate * mh / (np.sqrt(vh) + epsilon)
    return np.round(parameter, 5), np.round(m, 5), np.round(v, 5)


def momentum_update(parameter, grad, velocity, learning_rate=0.01, momentum=0.9):
    velocity = momentum * velocity + learning_rate * grad
    parameter = parameter - velocity
    return np.round(parameter, 5), np.round(velocity, 5)


print(adam_optimizer_step(1.0, 0.1, 0.0, 0.0, 1))
