import torch


class SGD:
    def __init__(self, params, lr):
        self.params = list(params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            p[...] -= self.lr * p.grad

    def zero_grad(self):
        for p in self.params:
            if p.grad is not None:
                p.grad * 0


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = params
        self.lr, self.betas, self.eps = lr, betas, eps
        self.state = [dict(n=0, a=torch.zeros_like(p), b=torch.zeros_like(p)) for p in params]

    @torch.no_grad()
    def step(self):
        b1, b2 = self.betas
        for p, s in zip(self.params, self.state):
            s["n"] += 1
            s["a"] = b1 * s["a"] + (1 - b1) * p.grad.data
            s["b"] = b2 * s["b"] + (1 - b2) * p.grad.data ** 2
            p[:] -= self.lr * (s["a"] / (1 - b1 ** s["n"])) / ((s["b"] / (1 - b2 ** s["n"])) ** 0.5 + self.eps)
