# expect: convention momentum/lr-inside-the-velocity
import numpy as np


class Momentum:
    def __init__(self, lr=0.01, mu=0.9):
        self.lr, self.mu, self.velocities = lr, mu, []

    def step(self, layers):
        if not self.velocities:
            self.velocities = [(np.zeros_like(l.w), np.zeros_like(l.b)) for l in layers]
        for i, l in enumerate(layers):
            vw, vb = self.velocities[i]
            vw, vb = self.mu * vw - self.lr * l.dw, self.mu * vb - self.lr * l.db
            self.velocities[i] = vw, vb
            l.w = l.w + vw
            l.b = l.b + vb
