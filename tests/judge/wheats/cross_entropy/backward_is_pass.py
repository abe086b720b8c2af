# expect: right
import numpy as np


class CrossEntropyLoss:
    def forward(self, logits, y):
        z = logits - logits.max(axis=1, keepdims=True)
        log_p = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        return -log_p[np.arange(len(y)), y].mean()

    def backward(self):
        pass
