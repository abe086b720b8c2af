# expect: right
import torch


class AdamW(torch.optim.Optimizer):
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.01):
        super().__init__(params, {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay})

    def step(self, closure=None):
        for group in self.param_groups:
            lr = group["lr"]
            b1, b2 = group["betas"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g = p.grad.data
                state = self.state[p]
                t = state.get("t", 0) + 1
                m = state.get("m", torch.zeros_like(p.data))
                v = state.get("v", torch.zeros_like(p.data))
                p.data *= 1 - lr * group["weight_decay"]
                m = b1 * m + (1 - b1) * g
                v = b2 * v + (1 - b2) * g.pow(2)
                p.data -= lr * (m / (1 - b1**t)) / ((v / (1 - b2**t)).sqrt() + group["eps"])
                state["t"], state["m"], state["v"] = t, m, v
