# expect: mistaken momentum/one-velocity-for-all-parameters
import torch


class SGDMomentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.velocity = 0

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is None:
                    continue
                self.velocity = self.momentum * self.velocity + p.grad
                p -= self.lr * self.velocity

    def zero_grad(self):
        for p in self.params:
            p.grad = None
