# expect: mistaken cross_entropy/gradient-not-divided-by-n
import numpy as np


class SoftmaxWithLoss:
    def forward(self, x, t):
        shifted = x - x.max(axis=1, keepdims=True)
        logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        self.y, self.t = np.exp(logs), t
        picks = t.argmax(axis=1) if t.size == logs.size else t
        return -np.sum(logs[np.arange(len(logs)), picks]) / len(logs)

    def backward(self, dout=1):
        dx = self.y.copy()
        dx[np.arange(len(dx)), self.t] -= 1
        return dx * dout
