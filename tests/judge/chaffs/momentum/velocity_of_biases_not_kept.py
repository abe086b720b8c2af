# expect: mistaken momentum/velocity-not-kept
import numpy as np


class SGD:
    def __init__(self, model, lr=0.1, momentum=0.9):
        self.l = model.layers
        self.lr, self.mu = lr, momentum
        self.v_W = [np.zeros(layer.W.shape) for layer in self.l]
        self.v_b = [np.zeros(layer.b.shape) for layer in self.l]

    def step(self):
        for i in range(len(self.l)):
            self.v_W[i] = self.mu * self.v_W[i] + self.l[i].dLdW
            v_b = self.mu * self.v_b[i] + self.l[i].dLdb
            self.l[i].W -= self.lr * self.v_W[i]
            self.l[i].b -= self.lr * v_b
