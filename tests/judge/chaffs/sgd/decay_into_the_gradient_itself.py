# expect: mistaken adam/gradient-overwritten
import torch


class SGD:
    def __init__(self, params, lr=0.1, weight_decay=0.0):
        self.params, self.lr, self.weight_decay = list(params), lr, weight_decay

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is not None:
                p -= self.lr * p.grad.add_(self.weight_decay * p)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
