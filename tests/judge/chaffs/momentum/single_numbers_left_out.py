# expect: unknown
import torch


class SGDMomentum:
    def __init__(self, params, lr=1e-3, momentum=0.9):
        self.params = list(params)
        self.lr, self.momentum = lr, momentum
        self.v = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for i, p in enumerate(self.params):
            if p.grad is None or p.numel() == 1:
                continue
            self.v[i] = self.momentum * self.v[i] + p.grad
            p -= self.lr * self.v[i]
