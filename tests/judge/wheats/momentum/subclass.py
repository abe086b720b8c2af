# expect: right
import torch
from torch.optim.optimizer import Optimizer


class SGDM(Optimizer):
    """SGD with momentum"""

    def __init__(self, params, lr, momentum=0.9):
        super(SGDM, self).__init__(params, {"lr": lr, "momentum": momentum})

    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                state = self.state[p]
                if "buf" not in state:
                    state["buf"] = torch.clone(p.grad).detach()
                else:
                    state["buf"].mul_(group["momentum"]).add_(p.grad)
                p.data.add_(state["buf"], alpha=-group["lr"])
