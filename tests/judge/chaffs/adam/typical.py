# expect: fragile adam/zero-grad-sets-zeros adam/crash-on-missing-gradient adam/params-generator-exhausted zero_grad-before-the-first-gradient
import torch


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        self.params = params
        self.lr = lr
        self.beta1, self.beta2 = betas
        self.eps = eps
        self.wd = weight_decay
        self.t = 0
        self.m = [torch.zeros(p.shape) for p in params]
        self.v = [torch.zeros(p.shape) for p in params]

    def zero_grad(self):
        for p in self.params:
            p.grad.zero_()

    def step(self):
        self.t += 1
        with torch.no_grad():
            for i, p in enumerate(self.params):
                g = p.grad + self.wd * p
                self.m[i] = self.beta1 * self.m[i] + (1 - self.beta1) * g
                self.v[i] = self.beta2 * self.v[i] + (1 - self.beta2) * g**2
                p -= (
                    self.lr
                    * (self.m[i] / (1 - self.beta1**self.t))
                    / (torch.sqrt(self.v[i] / (1 - self.beta2**self.t)) + self.eps)
                )
