# expect: right
import numpy as np


def update_parameters_with_adam(parameters, grads, v, s, t, learning_rate=0.01, beta1=0.9, beta2=0.999, epsilon=1e-8):
    for layer in range(1, len(parameters) // 2 + 1):
        for letter in "Wb":
            name = letter + str(layer)
            slope = "d" + name
            v[slope] = beta1 * v[slope] + (1 - beta1) * grads[slope]
            s[slope] = beta2 * s[slope] + (1 - beta2) * grads[slope] ** 2
            mean, square = v[slope] / (1 - beta1**t), s[slope] / (1 - beta2**t)
            parameters[name] = parameters[name] - learning_rate * mean / (np.sqrt(square) + epsilon)
    return parameters, v, s
