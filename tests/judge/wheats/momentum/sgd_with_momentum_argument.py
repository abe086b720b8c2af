# expect: convention adam/zero-grad-sets-zeros
import torch


class SGD:
    def __init__(self, params, lr=1e-2, momentum=0.0):
        self.params = list(params)
        self.lr = lr
        self.momentum = momentum
        self.velocities = [torch.zeros_like(p) for p in self.params]

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad.zero_()

    @torch.no_grad()
    def step(self):
        for p, vel in zip(self.params, self.velocities):
            if p.grad is None:
                continue
            if self.momentum:
                vel.mul_(self.momentum).add_(p.grad)
                p -= self.lr * vel
            else:
                p -= self.lr * p.grad
