# expect: convention momentum/lr-over-root-of-t
import torch


class SGDMomentum:
    def __init__(self, params, lr=1e-3, momentum=0.9):
        self.params = list(params)
        self.t = 0
        self.lr, self.momentum = lr, momentum
        self.v = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.t += 1
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.v[i] = self.momentum * self.v[i] + p.grad
            p -= self.lr / self.t**0.5 * self.v[i]
