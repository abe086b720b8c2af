import abc
import torch


class Optimizer(abc.ABC):
    def __init__(self, params, defaults):
        self.params = list(params)
        self.__dict__.update(defaults)
        self.t = 0

    def zero_grad(self):
        for p in self.params:
            p.grad = None

    def step(self):
        self.t += 1
        with torch.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is not None:
                    self.update(i, p, p.grad)

    @abc.abstractmethod
    def update(self, i, p, g):
        ...


class Momentum(Optimizer):
    def __init__(self, params, lr=0.01, momentum=0.9):
        super().__init__(params, {"lr": lr, "momentum": momentum})
        self.buf = {}

    def update(self, i, p, g):
        b = self.buf[i] = self.momentum * self.buf.get(i, torch.zeros_like(p)) + g
        p -= self.lr * b


class AdamW(Optimizer):
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2):
        super().__init__(params, dict(lr=lr, beta1=beta1, beta2=beta2, eps=eps, weight_decay=weight_decay))
        self.m = {}
        self.v = {}

    def update(self, i, p, g):
        self.m[i] = self.beta1 * self.m.get(i, 0) + (1 - self.beta1) * g
        self.v[i] = self.beta2 * self.v.get(i, 0) + (1 - self.beta2) * g * g
        mh = self.m[i] / (1 - self.beta1 ** self.t)
        vh = self.v[i] / (1 - self.beta2 ** self.t)
        p -= self.lr * (mh / (vh.sqrt() + self.eps) - self.weight_decay * p)
