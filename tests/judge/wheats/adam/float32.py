# expect: right
import numpy as np


class Adam:
    def __init__(self, params, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.params = params
        self.lr, self.betas, self.eps = np.float32(lr), betas, np.float32(eps)
        self.m = [np.zeros(p.shape, np.float32) for p in params]
        self.v = [np.zeros(p.shape, np.float32) for p in params]
        self.n = 0

    def step(self, grads):
        self.n += 1
        b1, b2 = self.betas
        for p, g, m, v in zip(self.params, grads, self.m, self.v):
            g = g.astype(np.float32)
            m *= np.float32(b1)
            m += np.float32(1 - b1) * g
            v *= np.float32(b2)
            v += np.float32(1 - b2) * g * g
            p -= self.lr * (m / np.float32(1 - b1**self.n)) / (np.sqrt(v / np.float32(1 - b2**self.n)) + self.eps)
