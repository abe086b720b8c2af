# expect: mistaken cross_entropy/gradient-sign-flipped
import numpy as np


class Loss_CategoricalCrossentropy:
    def forward(self, y_pred, y_true):
        with np.errstate(divide="ignore"):
            return -np.log(y_pred[range(len(y_pred)), y_true])

    def backward(self, dvalues, y_true):
        y_true = np.eye(dvalues.shape[1])[y_true]
        self.dinputs = y_true / dvalues / len(dvalues)
