# expect: mistaken cross_entropy/gradient-not-divided-by-n
import numpy as np


class KLDivLoss:
    def forward(self, logits, target):
        z = logits - logits.max(axis=1, keepdims=True)
        self.log_q = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.p = np.exp(target - target.max(axis=1, keepdims=True))
        self.p = self.p / self.p.sum(axis=1, keepdims=True)
        return np.sum(self.p * (np.log(self.p) - self.log_q)) / len(logits)

    def backward(self):
        return np.exp(self.log_q) - self.p
