# expect: mistaken sgd/update-lost
import torch


class SGD:
    def __init__(self, params, lr=0.01):
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p = p - self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
