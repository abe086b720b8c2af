# expect: right
import numpy as np


def zeros_of(weights):
    return {key: np.zeros_like(value) for key, value in weights.items()}


class SGD:
    def __init__(self, weights, lr=0.01, momentum=0.9, decay=1e-5):
        self.v = zeros_of(weights)
        self.iterations = 0
        self.lr = self.init_lr = lr
        self.momentum = momentum
        self.decay = decay

    def iterate(self, weights, gradients):
        self.lr = self.init_lr / (1 + self.iterations * self.decay)
        for key in self.v:
            self.v[key] = self.momentum * self.v[key] + self.lr * gradients[key]
            weights[key] = weights[key] - self.v[key]
        self.iterations += 1
