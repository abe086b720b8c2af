# expect: mistaken adam/state-appended-and-read-at-minus-one adam/crash-on-missing-gradient
import torch
class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = 0
    @torch.no_grad()
    def step(self):
        self.t += 1
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            self.m.append(b1 * self.m[-1] + (1 - b1) * p.grad)
            self.v.append(b2 * self.v[-1] + (1 - b2) * p.grad ** 2)
            m_hat = self.m[-1] / (1 - b1 ** self.t)
            v_hat = self.v[-1] / (1 - b2 ** self.t)
            p -= self.lr * m_hat / (v_hat.sqrt() + self.eps)
