# expect: convention adam/one-t-for-all-parameters
import torch
class Adam:
    def __init__(self, model, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.model = model
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = {n: torch.zeros_like(p) for n, p in model.named_parameters()}
        self.v = {n: torch.zeros_like(p) for n, p in model.named_parameters()}
        self.t = 0
    @torch.no_grad()
    def step(self):
        self.t += 1
        for n, p in self.model.named_parameters():
            if p.grad is None:
                continue
            self.m[n] = self.beta1 * self.m[n] + (1 - self.beta1) * p.grad
            self.v[n] = self.beta2 * self.v[n] + (1 - self.beta2) * p.grad ** 2
            mh = self.m[n] / (1 - self.beta1 ** self.t)
            vh = self.v[n] / (1 - self.beta2 ** self.t)
            p -= self.lr * mh / (vh.sqrt() + self.eps)
