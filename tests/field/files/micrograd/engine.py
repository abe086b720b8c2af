import math
import random


class Scalar:
    """ number with a gradient, after watching the lecture; parents are kept as (node, local slope) """

    def __init__(self, data, parents=()):
        self.data = float(data)
        self.grad = 0.0
        self.parents = list(parents)

    @staticmethod
    def of(x):
        return x if isinstance(x, Scalar) else Scalar(x)

    def __add__(self, b):
        b = Scalar.of(b)
        return Scalar(self.data + b.data, [(self, 1.0), (b, 1.0)])

    def __mul__(self, b):
        b = Scalar.of(b)
        return Scalar(self.data * b.data, [(self, b.data), (b, self.data)])

    def exp(self):
        e = math.exp(self.data)
        return Scalar(e, [(self, e)])

    def order(self, done):
        if id(self) in done:
            return []
        done.add(id(self))
        before = [n for p, _ in self.parents for n in p.order(done)]
        return before + [self]

    def backward(self):
        self.grad = 1.0
        for node in self.order(set())[::-1]:
            for parent, slope in node.parents:
                parent.grad += slope * node.grad


class SGD:
    def __init__(self, params, lr=0.05):
        self.params = params
        self.lr = lr

    def zero_grad(self):
        for p in self.params:
            p.grad = 0.0

    def step(self):
        for p in self.params:
            p.data -= self.lr * p.grad


class Adam:
    def __init__(self, params, lr=0.01, b1=0.9, b2=0.999, eps=1e-8):
        self.params = params
        self.lr = lr
        self.b1, self.b2, self.eps = b1, b2, eps
        self.k = 0
        for p in self.params:
            p.m = 0.0
            p.v = 0.0

    def step(self):
        self.k += 1
        for p in self.params:
            p.m = self.b1 * p.m + (1 - self.b1) * p.grad
            p.v = self.b2 * p.v + (1 - self.b2) * p.grad ** 2
            mhat = p.m / (1 - self.b1 ** self.k)
            vhat = p.v / (1 - self.b2 ** self.k)
            p.data -= self.lr * mhat / (math.sqrt(vhat) + self.eps)


a, b = Scalar(1.5), Scalar(-4)
c = (a * b + a).exp()
c.backward()
print(a.grad, b.grad, c.data)
