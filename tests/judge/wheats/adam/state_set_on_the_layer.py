# expect: right
import numpy as np


class Adam:
    def __init__(self, lr=0.001, b1=0.9, b2=0.999, eps=1e-8):
        self.lr, self.b1, self.b2, self.eps = lr, b1, b2, eps
        self.t = 0

    def step(self, layers):
        self.t += 1
        for layer in layers:
            for name in ("weights", "biases"):
                g = getattr(layer, name + "_gradients")
                if not hasattr(layer, "mean_" + name):
                    setattr(layer, "mean_" + name, np.zeros_like(g))
                    setattr(layer, "square_" + name, np.zeros_like(g))
                m = self.b1 * getattr(layer, "mean_" + name) + (1 - self.b1) * g
                v = self.b2 * getattr(layer, "square_" + name) + (1 - self.b2) * g * g
                setattr(layer, "mean_" + name, m)
                setattr(layer, "square_" + name, v)
                step = m / (1 - self.b1**self.t) / (np.sqrt(v / (1 - self.b2**self.t)) + self.eps)
                setattr(layer, name, getattr(layer, name) - self.lr * step)
