# expect: library
import torch


class SGDMomentum:
    def __init__(self, params, lr=0.01, momentum=0.9):
        self.inner = torch.optim.SGD(params, lr=lr, momentum=momentum)

    def step(self):
        self.inner.step()

    def zero_grad(self):
        self.inner.zero_grad()
