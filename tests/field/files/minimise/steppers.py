import numpy as np


class SGD:
    def __init__(self, x0, f, df, lr):
        self.x = np.asarray(x0, dtype=float)
        self.f, self.df, self.lr = f, df, lr
        self.history = []

    def step(self):
        self.history.append(self.f(self.x))
        self.x = self.x - self.lr * self.df(self.x)


class Momentum:
    def __init__(self, x0, f, df, lr, beta=0.9):
        self.x = np.asarray(x0, dtype=float)
        self.f, self.df, self.lr, self.beta = f, df, lr, beta
        self.v = np.zeros_like(self.x)

    def step(self):
        self.v = self.beta * self.v - self.lr * self.df(self.x)
        self.x = self.x + self.v


class Adam:
    def __init__(self, x0, f, df, lr):
        self.x = np.asarray(x0, dtype=float)
        self.f, self.df, self.lr = f, df, lr
        self.m = np.zeros_like(self.x)
        self.s = np.zeros_like(self.x)

    def step(self):
        g = self.df(self.x)
        self.m = 0.9 * self.m + 0.1 * g
        self.s = 0.999 * self.s + 0.001 * g ** 2
        self.x = self.x - self.lr * self.m / (np.sqrt(self.s) + 1e-8)


opt = Adam([1.0, 2.0], lambda x: (x ** 2).sum(), lambda x: 2 * x, 0.1)
for _ in range(100):
    opt.step()
print(opt.x)
