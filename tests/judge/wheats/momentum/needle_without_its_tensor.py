# expect: convention momentum/gradient-weighted-by-one-minus-mu
import numpy as np


class Optimizer:
    def __init__(self, params):
        self.params = params


class SGD(Optimizer):
    def __init__(self, params, lr=0.01, momentum=0.0, weight_decay=0.0):
        super().__init__(params)
        self.lr, self.momentum, self.weight_decay = lr, momentum, weight_decay
        self.u = {w: 0 for w in self.params}

    def step(self):
        for w in self.params:
            if w.grad is None or not w.requires_grad:
                continue
            grad = w.grad.data
            if self.weight_decay:
                grad += self.weight_decay * w.data
            self.u[w] = self.momentum * self.u[w] + (1 - self.momentum) * grad
            w.data -= self.lr * self.u[w]
