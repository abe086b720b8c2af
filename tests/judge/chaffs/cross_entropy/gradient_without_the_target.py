# expect: mistaken cross_entropy/gradient-without-the-target
import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, x, t):
        x = x - x.max(axis=1, keepdims=True)
        self.n = len(t)
        logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        self.p = np.exp(logp)
        return -logp[np.arange(self.n), t].mean()

    def backward(self):
        return self.p / self.n
