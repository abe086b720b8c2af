# expect: right
import numpy as np


class CrossEntropy:
    def forward(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.y = y
        return -self.log_p[np.arange(len(y)), y].mean()

    def backward(self, grad_output=None):
        g = np.exp(self.log_p)
        g[np.arange(len(self.y)), self.y] -= 1
        g /= len(self.y)
        return g if grad_output is None else grad_output * g
