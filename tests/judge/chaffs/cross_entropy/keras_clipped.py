# expect: fragile cross_entropy/clamped-probabilities
import numpy as np


def categorical_crossentropy(target, output, epsilon=1e-7):
    output = output / output.sum(axis=-1, keepdims=True)
    output = np.clip(output, epsilon, 1.0 - epsilon)
    return -np.sum(target * np.log(output), axis=-1)
