# expect: library
from torch import optim


class MyAdam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.opt = optim.Adam(params, lr=lr, betas=betas, eps=eps)

    def zero_grad(self):
        self.opt.zero_grad()

    def step(self):
        self.opt.step()
