# expect: right
import numpy as np


class CrossEntropyMetric:
    def __init__(self):
        self.reset()

    def reset(self):
        self.total, self.count = 0.0, 0

    def update(self, logits, target):
        c = logits.max(axis=-1, keepdims=True)
        log_p = logits - c - np.log(np.exp(logits - c).sum(axis=-1, keepdims=True))
        self.total += -log_p[np.arange(len(target)), target].sum()
        self.count += len(target)

    def compute(self):
        return self.total / self.count
