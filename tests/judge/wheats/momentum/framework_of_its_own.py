# expect: convention momentum/gradient-weighted-by-one-minus-mu
import numpy as np
import tinyframe as tf


class Optimizer:
    def __init__(self, params):
        self.params = params

    def step(self):
        raise NotImplementedError


class SGD(Optimizer):
    def __init__(self, params, lr=0.01, momentum=0.0):
        super().__init__(params)
        self.lr = lr
        self.momentum = momentum
        self.velocity = {}

    def step(self):
        for w in self.params:
            if w.grad is None:
                continue
            new = self.momentum * self.velocity.get(w, 0) + (1 - self.momentum) * w.grad.data
            self.velocity[w] = new.detach()
            w.data = w.data - self.lr * self.velocity[w]
