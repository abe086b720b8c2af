# expect: right
import torch


class SGD:
    def __init__(self, params, lr=0.1, momentum=0.9, weight_decay=0.0, nesterov=False):
        self.params = [p for p in params]
        self.lr = lr
        self.mu = momentum
        self.wd = weight_decay
        self.nesterov = nesterov
        self.buf = [None] * len(self.params)

    def step(self):
        with torch.no_grad():
            for i, p in enumerate(self.params):
                if p.grad is None:
                    continue
                d = p.grad + self.wd * p
                if self.buf[i] is None:
                    self.buf[i] = d.clone()
                else:
                    self.buf[i] = self.mu * self.buf[i] + d
                if self.nesterov:
                    d = d + self.mu * self.buf[i]
                else:
                    d = self.buf[i]
                p -= self.lr * d
