# expect: fragile cross_entropy/zero-times-log-zero
import numpy as np


def categorical_crossentropy(target, output):
    output = output / np.sum(output, axis=-1, keepdims=True)
    return -np.sum(target * np.log(output), axis=-1)
