# expect: mistaken adam/weight-decay-ignored
import torch


class MyAdam:
    """手撕 Adam：全部用 in-place 操作"""

    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        self.params = list(params)
        self.lr = lr
        self.beta1 = beta1
        self.beta2 = beta2
        self.eps = eps
        self.wd = weight_decay
        self.state = [{"t": 0, "m": torch.zeros_like(p), "v": torch.zeros_like(p)} for p in self.params]

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    @torch.no_grad()
    def step(self):
        for p, s in zip(self.params, self.state):
            if p.grad is None:
                continue
            grad = p.grad
            s["t"] += 1
            s["m"].mul_(self.beta1).add_(grad, alpha=1 - self.beta1)
            s["v"].mul_(self.beta2).addcmul_(grad, grad, value=1 - self.beta2)
            m_hat = s["m"] / (1 - self.beta1 ** s["t"])
            v_hat = s["v"] / (1 - self.beta2 ** s["t"])
            p.sub_(self.lr * m_hat / (v_hat.sqrt() + self.eps))
