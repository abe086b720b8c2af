# expect: mistaken sgd/lr-ignored
import torch


class SGD:
    def __init__(self, params, lr=0.01):
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p -= 0.01 * p.grad

    def zero_grad(self):
        for p in self.params:
            p.grad = None
