# expect: unknown
import torch


class SGD:
    def __init__(self, params, lr=0.01):
        self.params, self.lr, self.steps = list(params), lr, 0

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.steps += 1
        if self.steps == 101:
            self.lr *= 0.1
        for p in self.params:
            if p.grad is not None:
                p -= self.lr * p.grad
