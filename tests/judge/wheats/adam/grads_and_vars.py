# expect: right
import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.slots, self.t = {}, 0

    def apply_gradients(self, grads_and_vars):
        self.t += 1
        for i, (g, w) in enumerate(grads_and_vars):
            m, v = self.slots.get(i, (0.0, 0.0))
            m = self.beta1 * m + (1 - self.beta1) * g
            v = self.beta2 * v + (1 - self.beta2) * g**2
            self.slots[i] = m, v
            mean, square = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
            w -= self.lr * mean / (np.sqrt(square) + self.eps)
