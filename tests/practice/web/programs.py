"""Programs as somebody writes them on the page."""

from byhand.practice.exercises import exercise

ADAM = exercise("adam").solution("torch")
SGD = exercise("sgd").solution("torch")
SOFTMAX = """\
import torch


def cross_entropy(logits, target):
    p = torch.softmax(logits, dim=-1)
    return -torch.log(p[torch.arange(len(target)), target]).mean()
"""
UNCORRECTED = """\
import torch


class Adam:
    def __init__(self, params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8):
        self.params = list(params)
        self.lr, self.betas, self.eps = lr, betas, eps
        self.m = [torch.zeros_like(p) for p in self.params]
        self.v = [torch.zeros_like(p) for p in self.params]
        self.t = [0 for p in self.params]

    @torch.no_grad()
    def step(self):
        b1, b2 = self.betas
        for i, p in enumerate(self.params):
            if p.grad is None:
                continue
            self.t[i] += 1
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
            p -= self.lr * self.m[i] / (self.v[i].sqrt() + self.eps)

    def zero_grad(self):
        for p in self.params:
            p.grad = None
"""
LINE = 1 + UNCORRECTED[: UNCORRECTED.index("p -= ")].count("\n")
"""Where its mistake is."""
ENDLESS = SGD.replace("p -= ", "while True:\n                pass\n            p -= ")
LONG = ENDLESS + "".join(ENDLESS.replace("class SGD", f"class SGD_{n}") for n in range(5))
"""A text that takes half a minute: each of its definitions is stopped after some seconds."""
HUGE = SGD.replace("p -= ", "torch.zeros(25_000_000_000)\n            p -= ")
RAISING = SGD.replace("p -= ", "raise ValueError('<script>alert(1)</script>')\n            p -= ")
