# expect: mistaken cross_entropy/sign-missing
import numpy as np


class CrossEntropyLoss:
    def __init__(self, probs, labels):
        self.probs, self.labels = probs, labels

    def forward(self):
        return np.log(self.probs[np.arange(len(self.labels)), self.labels]).mean()
