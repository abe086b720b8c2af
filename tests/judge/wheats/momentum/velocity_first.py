# expect: right
import numpy as np


def momentum_step(velocity, grad, theta, alpha=0.1, beta=0.9):
    velocity = beta * velocity + grad
    return velocity, theta - alpha * velocity
