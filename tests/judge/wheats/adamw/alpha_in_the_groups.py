# expect: convention adam/eps-before-the-bias-correction adamw/decay-after-the-step
import math

import torch


class AdamW(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, {"alpha": lr, "beta1": betas[0], "beta2": betas[1], "eps": eps, "lam": weight_decay})

    def step(self, closure=None):
        loss = closure() if closure is not None else None
        for group in self.param_groups:
            alpha, beta1, beta2 = group["alpha"], group["beta1"], group["beta2"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                t = state.get("t", 1)
                m = beta1 * state.get("m", torch.zeros_like(p.data)) + (1 - beta1) * p.grad.data
                v = beta2 * state.get("v", torch.zeros_like(p.data)) + (1 - beta2) * p.grad.data**2
                rate = alpha * math.sqrt(1 - beta2**t) / (1 - beta1**t)
                p.data -= rate * m / (v.sqrt() + group["eps"])
                p.data -= alpha * group["lam"] * p.data
                state["t"], state["m"], state["v"] = t + 1, m, v
        return loss
