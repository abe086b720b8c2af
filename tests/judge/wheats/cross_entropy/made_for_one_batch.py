# expect: right
import numpy as np


class CrossEntropyLoss:
    def __init__(self, inputs, targets):
        self.inputs = inputs
        self.targets = targets

    def forward(self):
        z = self.inputs - self.inputs.max(axis=1, keepdims=True)
        return (np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), self.targets]).mean()

    def backward(self):
        z = np.exp(self.inputs - self.inputs.max(axis=1, keepdims=True))
        p = z / z.sum(axis=1, keepdims=True)
        p[np.arange(len(p)), self.targets] -= 1
        return p / len(p)
