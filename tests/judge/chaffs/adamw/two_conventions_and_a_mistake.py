# expect: mistaken adam/eps-before-the-bias-correction adamw/decay-after-the-step adam/old-moment-dropped
import math

import torch


class AdamW(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self, closure=None):
        for group in self.param_groups:
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                t = state.get("t", 0) + 1
                m = b1 * state.get("m", torch.zeros_like(p)) + (1 - b1) * p.grad
                v = b2 * state.get("v", torch.zeros_like(p)) + (1 - b2) * p.grad**2
                rate = group["lr"] * math.sqrt(1 - b2**t) / (1 - b1**t)
                p.sub_(rate * m / (v.sqrt() + group["eps"]))
                p.sub_(group["lr"] * group["weight_decay"] * p)
                state.update(t=t, v=v)
