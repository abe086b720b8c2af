"""optimizers over model.named_parameters()"""
import torch


class SGD:
    def __init__(self, named_params, lr):
        self.named_params = list(named_params)
        self.lr = lr

    @torch.no_grad()
    def step(self):
        for name, param in self.named_params:
            param -= self.lr * param.grad


class AdamW:
    def __init__(self, named_params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.named = [(n, p) for n, p in named_params]
        self.lr, self.betas, self.eps, self.weight_decay = lr, betas, eps, weight_decay
        self.m = {n: torch.zeros_like(p) for n, p in self.named}
        self.v = {n: torch.zeros_like(p) for n, p in self.named}
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for n, p in self.named:
            if p.grad is None:
                continue
            self.m[n].lerp_(p.grad, 1 - b1)
            self.v[n].mul_(b2).addcmul_(p.grad, p.grad, value=1 - b2)
            if p.ndim >= 2:  # no decay on biases and norms
                p.mul_(1 - self.lr * self.weight_decay)
            mh = self.m[n] / (1 - b1 ** self.t)
            vh = self.v[n] / (1 - b2 ** self.t)
            p.addcdiv_(mh, vh.sqrt().add_(self.eps), value=-self.lr)

    def zero_grad(self):
        for _, p in self.named:
            p.grad = None
