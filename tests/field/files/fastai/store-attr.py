from fastcore.all import *
import torch


class Adam:
    "betas as floats, state in dicts"
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.99, eps=1e-5):
        params = L(params)
        store_attr()
        self.i = 0
        self.avg, self.sqr_avg = {}, {}

    @torch.no_grad()
    def step(self):
        self.i += 1
        for p in self.params:
            if p.grad is None: continue
            m = self.avg.get(p, torch.zeros_like(p))
            s = self.sqr_avg.get(p, torch.zeros_like(p))
            self.avg[p] = m = torch.lerp(p.grad, m, self.beta1)
            self.sqr_avg[p] = s = torch.lerp(p.grad ** 2, s, self.beta2)
            p -= self.lr * (m / (1 - self.beta1 ** self.i)) / (s / (1 - self.beta2 ** self.i) + self.eps).sqrt()

    def zero_grad(self):
        for w in self.params: w.grad = None
