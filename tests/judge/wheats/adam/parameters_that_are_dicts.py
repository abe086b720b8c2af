# expect: right
import numpy as np


class Adam:
    def __init__(self, network, lr=0.01, beta1=0.9, beta2=0.999, eps=1e-8):
        self.network = network
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.m = [np.zeros_like(p["value"]) for p in network.parameters()]
        self.v = [np.zeros_like(p["value"]) for p in network.parameters()]
        self.t = 0

    def step(self):
        self.t += 1
        for m, v, p in zip(self.m, self.v, self.network.parameters()):
            m += (1 - self.beta1) * (p["grad"] - m)
            v += (1 - self.beta2) * (p["grad"] ** 2 - v)
            mean, square = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
            p["value"] -= self.lr * mean / (np.sqrt(square) + self.eps)
