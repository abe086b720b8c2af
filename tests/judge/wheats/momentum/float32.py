# expect: right
import torch


class Momentum:
    def __init__(self, lr=0.01, momentum=0.9):
        self.lr = lr
        self.momentum = momentum
        self.v = None

    def step(self, w, grad):
        w, grad = w.float(), grad.float()
        if self.v is None:
            self.v = torch.zeros_like(w)
        self.v = self.momentum * self.v + grad
        return w - self.lr * self.v
