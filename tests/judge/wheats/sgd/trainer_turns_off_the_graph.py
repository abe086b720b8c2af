# expect: fragile adam/crash-on-missing-gradient
import torch
from d2l import torch as d2l


class SGD:
    def __init__(self, params, lr):
        self.params, self.lr = list(params), lr

    def step(self):
        for w in self.params:
            w -= self.lr * w.grad

    def zero_grad(self):
        for w in self.params:
            w.grad = None
