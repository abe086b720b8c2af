# expect: right
import numpy as xp


class Parameter:
    def __init__(self, data):
        self.data, self.grad = xp.asarray(data), None


class Adam:
    def __init__(self, params, args):
        self.params, self.args = list(params), args
        self.m = [xp.zeros_like(p.data) for p in self.params]
        self.v = [xp.zeros_like(p.data) for p in self.params]
        self.t = 0

    def step(self):
        self.t += 1
        b1, b2 = self.args.beta1, self.args.beta2
        for i, p in enumerate(self.params):
            self.m[i] = b1 * self.m[i] + (1 - b1) * p.grad
            self.v[i] = b2 * self.v[i] + (1 - b2) * p.grad**2
            mean, square = self.m[i] / (1 - b1**self.t), self.v[i] / (1 - b2**self.t)
            p.data -= self.args.lr * mean / (xp.sqrt(square) + self.args.eps)
