# expect: fragile two-parameter-groups
import torch


class SGD:
    def __init__(self, params, lr=1e-3):
        params = list(params)
        if not isinstance(params[0], dict):
            params = [{"params": params}]
        self.param_groups = [{"lr": lr, **group, "params": list(group["params"])} for group in params]

    def zero_grad(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.grad = None

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    p -= (group["lr"] if group is self.param_groups[0] else -group["lr"]) * p.grad
