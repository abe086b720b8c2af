# expect: right
import numpy as np


class SGD:
    def __init__(self, model, lr=0.1, momentum=0.0):
        self.l = model.layers
        self.n = len(model.layers)
        self.lr, self.mu = lr, momentum
        self.v_W = [np.zeros(self.l[k].W.shape, dtype="f") for k in range(self.n)]
        self.v_b = [np.zeros(self.l[k].b.shape, dtype="f") for k in range(self.n)]

    def step(self):
        for k in range(self.n):
            self.v_W[k] = self.mu * self.v_W[k] + self.l[k].dLdW
            self.v_b[k] = self.mu * self.v_b[k] + self.l[k].dLdb
            self.l[k].W = self.l[k].W - self.lr * self.v_W[k]
            self.l[k].b = self.l[k].b - self.lr * self.v_b[k]
