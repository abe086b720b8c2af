# expect: fragile cross_entropy/clamped-probabilities
import numpy as np


class BinaryCrossEntropy:
    def __init__(self):
        self.tiny = 1e-7

    def forward(self, y_true, y_pred):
        p = np.clip(y_pred, self.tiny, 1 - self.tiny)
        return np.mean(-(y_true * np.log(p) + (1 - y_true) * np.log(1 - p)))

    def backward(self, y_true, y_pred):
        return (y_pred - y_true) / (y_pred * (1 - y_pred) + self.tiny) / len(y_true)
