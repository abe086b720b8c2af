# expect: unknown
import torch


class Momentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.params, self.lr, self.momentum, self.steps = list(params), lr, momentum, 0
        self.velocities = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.steps += 1
        for p, v in zip(self.params, self.velocities):
            if p.grad is None:
                continue
            if self.steps == 50:
                v.zero_()
            v.mul_(self.momentum).add_(p.grad)
            p -= self.lr * v
