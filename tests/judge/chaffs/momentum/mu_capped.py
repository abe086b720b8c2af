# expect: unknown
import numpy as np


def momentum_step(theta, g, v, lr=0.001, mu=0.9):
    v = min(mu, 0.8) * v + g
    return theta - lr * v, v
