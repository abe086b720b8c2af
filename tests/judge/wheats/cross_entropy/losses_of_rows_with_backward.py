# expect: right
import numpy as np


class Loss_CategoricalCrossentropy:
    def forward(self, y_pred, y_true):
        rows = np.arange(len(y_pred))
        with np.errstate(divide="ignore"):
            return -np.log(y_pred[rows, y_true])

    def backward(self, dvalues, y_true):
        samples = len(dvalues)
        y_true = np.eye(dvalues.shape[1])[y_true]
        self.dinputs = -y_true / dvalues
        self.dinputs = self.dinputs / samples
