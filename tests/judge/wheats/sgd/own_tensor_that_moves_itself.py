# expect: right
import numpy as np


class Parameter:
    def __init__(self, array):
        self.value = np.asarray(array, dtype=float)
        self.grad = np.zeros_like(self.value)

    def move(self, by):
        self.value = self.value + by

    def clear(self):
        self.grad = np.zeros_like(self.value)


class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = params, lr

    def step(self):
        for p in self.params:
            p.move(-self.lr * p.grad)

    def zero_grad(self):
        for p in self.params:
            p.clear()
