# expect: convention adam/one-t-for-all-parameters
from dataclasses import dataclass
import torch
@dataclass(frozen=True)
class Config:
    lr: float = 1e-3
    betas: tuple = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.01
class AdamW:
    def __init__(self, params, config: Config):
        self.params = list(params)
        self.cfg = config
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = 0
    @torch.no_grad()
    def step(self):
        self.t += 1
        c = self.cfg
        for p, m, v in zip(self.params, self.m, self.v):
            if p.grad is None:
                continue
            p.mul_(1 - c.lr * c.weight_decay)
            m.mul_(c.betas[0]).add_(p.grad, alpha=1 - c.betas[0])
            v.mul_(c.betas[1]).addcmul_(p.grad, p.grad, value=1 - c.betas[1])
            p.sub_(c.lr * (m / (1 - c.betas[0] ** self.t)) / ((v / (1 - c.betas[1] ** self.t)).sqrt() + c.eps))
