# expect: unknown
import torch


class SGDMomentum:
    v = {}

    def __init__(self, params, lr=1e-3, momentum=0.9):
        self.params = list(params)
        self.lr, self.momentum = lr, momentum

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.v[i] = self.momentum * self.v.get(i, 0) + p.grad
            p -= self.lr * self.v[i]
