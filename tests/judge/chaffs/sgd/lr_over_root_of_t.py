# expect: convention sgd/lr-over-root-of-t
import torch


class SGD:
    def __init__(self, params, lr=1e-3):
        self.params = list(params)
        self.lr, self.t = lr, 0

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        self.t += 1
        for p in self.params:
            if p.grad is None:
                continue
            p -= self.lr / self.t**0.5 * p.grad
