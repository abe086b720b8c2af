# expect: right
import numpy as np


class CrossEntropy:
    def forward(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.y = y
        return -self.log_p[np.arange(len(y)), y].mean()

    def backward(self, upstream):
        g = np.exp(self.log_p)
        g[np.arange(len(self.y)), self.y] -= 1
        return upstream * g / len(self.y)
