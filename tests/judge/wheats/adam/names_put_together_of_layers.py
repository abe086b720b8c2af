# expect: right
import numpy as np


class Adam:
    def __init__(self, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.t, self.memory = 0, {}

    def update(self, layers):
        self.t += 1
        for i, layer in enumerate(layers):
            for name in ("W", "b"):
                g = getattr(layer, f"d{name}")
                m, v = self.memory.get((i, name), (0.0, 0.0))
                m = self.beta1 * m + (1 - self.beta1) * g
                v = self.beta2 * v + (1 - self.beta2) * g * g
                self.memory[i, name] = m, v
                m_hat, v_hat = m / (1 - self.beta1**self.t), v / (1 - self.beta2**self.t)
                setattr(layer, name, getattr(layer, name) - self.lr * m_hat / (np.sqrt(v_hat) + self.eps))
