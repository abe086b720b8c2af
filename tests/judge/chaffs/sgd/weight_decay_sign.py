# expect: mistaken sgd/weight-decay-sign
import torch


class SGD:
    def __init__(self, params, lr=0.01, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.weight_decay = weight_decay

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p -= self.lr * (p.grad - self.weight_decay * p)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
