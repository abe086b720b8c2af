# expect: fragile a-closure
import torch


class SGD:
    def __init__(self, params, lr=0.01):
        self.params = list(params)
        self.lr = lr

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self, closure=None):
        with torch.no_grad():
            if closure is not None:
                closure()
            for p in self.params:
                if p.grad is not None:
                    p -= self.lr * p.grad
