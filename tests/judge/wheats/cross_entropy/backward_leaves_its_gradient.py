# expect: right
import numpy as np


class CrossEntropyLoss:
    def forward(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        self.log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        self.y = y
        return -self.log_p[np.arange(len(y)), y].mean()

    def backward(self):
        p = np.exp(self.log_p)
        p[np.arange(len(self.y)), self.y] -= 1
        self.delta_of_the_logits = p / len(self.y)
