# expect: right
import torch


class SGD:
    def __init__(self, params, lr=1e-3):
        self.params = list(params)
        self.param_groups = [{"params": self.params, "lr": lr}]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p -= self.param_groups[0]["lr"] * p.grad
