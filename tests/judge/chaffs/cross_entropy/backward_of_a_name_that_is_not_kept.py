# expect: mistaken cross_entropy/backward-gives-nothing
import numpy as np


class SoftmaxCrossEntropy:
    def __call__(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.y = y
        return -log_p[np.arange(len(y)), y].mean()

    def backward(self, dout=1):
        dx = self.probs.copy()
        dx[np.arange(len(self.y)), self.y] -= 1
        return dout * dx / len(self.y)
