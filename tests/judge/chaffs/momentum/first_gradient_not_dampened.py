# expect: convention momentum/first-gradient-not-dampened
import torch
from torch.optim import Optimizer


class SGD(Optimizer):
    """A mean of the gradients that begins with the first one."""

    def __init__(self, params, lr=0.01, momentum=0.0):
        super().__init__(params, dict(lr=lr, momentum=momentum))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            mu = group["momentum"]
            for p in group["params"]:
                if p.grad is None:
                    continue
                g, state = p.grad, self.state[p]
                if mu:
                    if "mean" not in state:
                        state["mean"] = g.clone()
                    else:
                        state["mean"].mul_(mu).add_(g, alpha=1 - mu)
                    g = state["mean"]
                p.sub_(group["lr"] * g)
