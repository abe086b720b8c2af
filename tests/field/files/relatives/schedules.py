# wrappers around optimizers from the transformer course
import torch
import math


class NoamOpt:
    def __init__(self, inner, width, rise=4000):
        self.inner, self.width, self.rise, self.k = inner, width, rise, 0

    def step(self):
        self.k += 1
        slope = self.k * self.rise ** -1.5 if self.k < self.rise else self.k ** -0.5
        for group in self.inner.param_groups:
            group.update(lr=slope / self.width ** 0.5)
        self.inner.step()


class AdamWithWarmup:
    """Adam, the first warmup steps use a smaller lr"""

    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, warmup=1000):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.warmup = lr, betas, eps, warmup
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        lr = self.lr * min(1.0, self.t / self.warmup)
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.m[i].mul_(b1).add_(p.grad, alpha=1 - b1)
            self.v[i].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
            mh, vh = self.m[i] / (1 - b1**self.t), self.v[i] / (1 - b2**self.t)
            p -= lr * mh / (vh.sqrt() + self.eps)


class SGDWithLookahead:
    def __init__(self, params, lr=0.1, k=5, alpha=0.5):
        self.params = list(params)
        self.slow = [p.detach().clone() for p in self.params]
        self.lr, self.k, self.alpha, self.n = lr, k, alpha, 0

    @torch.no_grad()
    def step(self):
        self.n += 1
        for p in self.params:
            p -= self.lr * p.grad
        if self.n % self.k == 0:
            for s, p in zip(self.slow, self.params):
                s += self.alpha * (p - s)
                p.copy_(s)


class RAdam:
    def __init__(self, lr=1e-3, b1=0.9, b2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps, self.m, self.v, self.t = lr, b1, b2, eps, 0, 0, 0

    def step(self, w, g):
        self.t += 1
        self.m = self.b1 * self.m + (1 - self.b1) * g
        self.v = self.b2 * self.v + (1 - self.b2) * g * g
        rho_inf = 2 / (1 - self.b2) - 1
        rho = rho_inf - 2 * self.t * self.b2**self.t / (1 - self.b2**self.t)
        mh = self.m / (1 - self.b1**self.t)
        if rho > 4:
            vh = (self.v / (1 - self.b2**self.t)) ** 0.5
            r = math.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
            return w - self.lr * r * mh / (vh + self.eps)
        return w - self.lr * mh
