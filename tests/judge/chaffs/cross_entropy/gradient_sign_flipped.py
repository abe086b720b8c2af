# expect: mistaken cross_entropy/gradient-sign-flipped cross_entropy/zero-times-log-zero
import numpy as np


class BinaryCrossEntropy:
    def loss(self, y_true, y_pred):
        return -np.mean(y_true * np.log(y_pred) + (1 - y_true) * np.log(1 - y_pred))

    def gradient(self, y_true, y_pred):
        return (y_true / y_pred - (1 - y_true) / (1 - y_pred)) / len(y_true)
