# expect: right
import torch


class SimpleSGD:
    def __init__(self, parameters, lr=0.1):
        self.parameters = list(parameters)
        self.lr = lr

    def zero_grad(self):
        for p in self.parameters:
            p.grad = None

    def step(self):
        for p in self.parameters:
            if p.grad is None:
                continue
            p.data -= self.lr * p.grad.data
