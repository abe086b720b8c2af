# expect: right
import torch


class SGDWithMomentum:
    def __init__(self, model, lr=0.1, momentum=0.9):
        self.params = list(model.parameters())
        self.lr = lr
        self.mu = momentum
        self.v = [torch.zeros_like(p) for p in self.params]

    @torch.no_grad()
    def step(self):
        for p, v in zip(self.params, self.v):
            if p.grad is None:
                continue
            v.mul_(self.mu).add_(p.grad)
            p.sub_(self.lr * v)
