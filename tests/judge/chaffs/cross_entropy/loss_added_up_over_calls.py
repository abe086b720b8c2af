# expect: mistaken cross_entropy/kept-from-the-call-before
import numpy as np


class CrossEntropyLoss:
    def __init__(self):
        self.loss = 0.0

    def __call__(self, logits, y):
        x = logits - logits.max(axis=1, keepdims=True)
        log_p = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        self.loss += -log_p[np.arange(len(y)), y].mean()
        return self.loss
