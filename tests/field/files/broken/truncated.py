"""mini-torch training utils"""
import numpy as np


def sgd_momentum(params, grads, velocity, lr=0.01, momentum=0.9):
    for i in range(len(params)):
        velocity[i] = momentum * velocity[i] + grads[i]
        params[i] = params[i] - lr * velocity[i]
    return params, velocity


def cross_entropy(probs, labels):
    return -np.log(probs[:, labels]).mean()


def train(model, data, epochs=10):
    for e in range(epochs):
        for x, y in data:
            out = model(x)
            loss = cross_entropy(out, y)
            grads = model.backward(
