# expect: fragile adam/crash-on-missing-gradient
import torch


class SGD:
    def __init__(self, named_parameters, lr):
        self.named = dict(named_parameters)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for name, param in self.named.items():
            param -= self.lr * param.grad
