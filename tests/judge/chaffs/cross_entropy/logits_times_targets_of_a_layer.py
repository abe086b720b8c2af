# expect: mistaken cross_entropy/logits-not-normalised
import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, logits, targets):
        self.p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -np.sum(targets * logits) / len(logits)
