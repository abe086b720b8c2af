# expect: right
import torch


class AdamW:
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, wd=0.01):
        self.params = list(params)
        self.lr, self.beta1, self.beta2, self.eps, self.wd = lr, beta1, beta2, eps, wd
        self.state = {p: dict(t=0, m=torch.zeros_like(p), v=torch.zeros_like(p)) for p in self.params}

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p in self.params:
            if p.grad is None:
                continue
            s = self.state[p]
            s["t"] += 1
            s["m"] = torch.lerp(p.grad, s["m"], self.beta1)
            s["v"] = torch.lerp(p.grad.square(), s["v"], self.beta2)
            p.mul_(1 - self.lr * self.wd)
            p.addcdiv_(
                s["m"] / (1 - self.beta1 ** s["t"]),
                (s["v"] / (1 - self.beta2 ** s["t"])).sqrt() + self.eps,
                value=-self.lr,
            )
