# micrograd + a few losses.  needs engine.py next to it
from micrograd.engine import Value
from micrograd.nn import MLP
import numpy as np


def softmax(logits):
    m = max(l.data for l in logits)
    es = [(l - m).exp() for l in logits]
    s = sum(es)
    return [e / s for e in es]


def cross_entropy(logits, target):
    """logits: list of Value, target: int"""
    m = max(l.data for l in logits)
    s = sum((l - m).exp() for l in logits)
    return s.log() + m - logits[target]


def binary_cross_entropy(p, y):
    # p is a Value in (0, 1)
    return -p.log() if y == 1 else -(1 - p).log()


class Momentum:
    def __init__(self, params, lr=0.1, momentum=0.9):
        self.params = params
        self.lr, self.momentum = lr, momentum
        self.vel = [0.0 for _ in params]

    def step(self):
        for i, p in enumerate(self.params):
            self.vel[i] = self.momentum * self.vel[i] + p.grad
            p.data += self.lr * self.vel[i]


model = MLP(2, [16, 16, 1])
print(model)
