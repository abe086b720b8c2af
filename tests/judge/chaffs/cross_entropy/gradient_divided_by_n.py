# expect: mistaken cross_entropy/gradient-divided-by-n
import numpy as np


class SoftmaxCrossEntropy:
    def forward(self, scores, labels):
        self.labels = labels
        scores = scores - scores.max(axis=1, keepdims=True)
        log_probs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        self.probs = np.exp(log_probs)
        return -np.sum(log_probs[np.arange(len(labels)), labels])

    def backward(self):
        n = len(self.labels)
        grad = self.probs.copy()
        grad[np.arange(n), self.labels] -= 1
        return grad / n
