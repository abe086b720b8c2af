# expect: fragile amsgrad adam/one-t-for-all-parameters
import torch


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, amsgrad=False, maximize=False):
        self.params = list(params)
        self.lr, self.betas, self.eps, self.wd, self.amsgrad, self.maximize = lr, betas, eps, weight_decay, amsgrad, maximize
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.vmax = [torch.zeros_like(p) for p in self.params]
        self.t = 0

    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            g = -p.grad if self.maximize else p.grad
            g = g + self.wd * p
            self.m[i] = b1 * self.m[i] + (1 - b1) * g
            self.v[i] = b2 * self.v[i] + (1 - b2) * g**2
            if self.amsgrad:
                self.vmax[i] = torch.minimum(self.vmax[i], self.v[i])
                v = self.vmax[i]
            else:
                v = self.v[i]
            mh = self.m[i] / (1 - b1**self.t)
            vh = v / (1 - b2**self.t)
            p -= self.lr * mh / (vh.sqrt() + self.eps)
