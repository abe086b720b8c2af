# model.params / model.grads are dicts keyed by name (my mini framework, see model.py)
from model import Model
import numpy as np


def update_weights(layer, grad, lr=0.01):
    layer.weights = layer.weights - lr * grad


class SGD:
    def __init__(self, model, lr=0.1):
        self.model = model
        self.lr = lr

    def step(self):
        for name, value in self.model.params.items():
            value -= 0.01 * self.model.grads[name]


def momentum_update(model, velocity, lr=0.1, mu=0.9):
    for name in model.params:
        velocity[name] = mu * velocity.get(name, 0) + model.grads[name]
        model.params[name] = model.params[name] - lr * velocity[name]
