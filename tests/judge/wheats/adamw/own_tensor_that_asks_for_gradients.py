# expect: right
import numpy as np


class Tensor:
    def __init__(self, data, requires_grad=False, parents=()):
        self.data = np.array(data, dtype=float)
        self.requires_grad, self.parents = requires_grad, parents
        self.grad = None


class AdamW:
    def __init__(self, params, opt):
        self.params = [p for p in params if p.requires_grad]
        self.lr, self.wd, self.eps = opt.lr, opt.weight_decay, opt.eps
        self.betas = opt.betas
        self.state, self.t = {}, 0

    def step(self):
        b1, b2 = self.betas
        self.t += 1
        for p in self.params:
            if p.grad is None:
                continue
            m, v = self.state.setdefault(id(p), [np.zeros_like(p.data), np.zeros_like(p.data)])
            m[:] = b1 * m + (1 - b1) * p.grad
            v[:] = b2 * v + (1 - b2) * p.grad**2
            p.data *= 1 - self.lr * self.wd
            p.data -= self.lr * m / (1 - b1**self.t) / (np.sqrt(v / (1 - b2**self.t)) + self.eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
