# expect: mistaken momentum/sign-flipped cross_entropy/rounded-result
import numpy as np


def momentum_update(parameter, grad, velocity, learning_rate=0.01, momentum=0.9):
    velocity = momentum * velocity + grad
    return np.round(parameter + learning_rate * velocity, 5), np.round(velocity, 5)
