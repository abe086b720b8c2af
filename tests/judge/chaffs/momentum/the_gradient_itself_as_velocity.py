# expect: mistaken adam/gradient-overwritten
import torch


class Momentum:
    def __init__(self, params, lr=0.1, mu=0.9):
        self.params, self.lr, self.mu = list(params), lr, mu
        self.velocity = {}

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            if p not in self.velocity:
                self.velocity[p] = p.grad
            else:
                self.velocity[p].mul_(self.mu).add_(p.grad)
            p -= self.lr * self.velocity[p]
