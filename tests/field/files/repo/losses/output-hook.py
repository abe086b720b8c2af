# style: forward in the base class, the maths in _output / _input_grad
import numpy as np
from lincoln_utils import assert_same_shape, normalize


class Loss(object):
    def forward(self, prediction, target):
        self.prediction = prediction
        self.target = target
        self.output = self._output()
        return self.output

    def backward(self):
        self.input_grad = self._input_grad()
        return self.input_grad

    def _output(self):
        raise NotImplementedError()

    def _input_grad(self):
        raise NotImplementedError()


class SoftmaxCrossEntropy(Loss):
    def __init__(self, eps=1e-9):
        super().__init__()
        self.eps = eps

    def _output(self):
        e = np.exp(self.prediction - self.prediction.max(axis=1, keepdims=True))
        p = e / e.sum(axis=1, keepdims=True)
        self.p = np.clip(p, self.eps, 1 - self.eps)
        return -np.sum(self.target * np.log(self.p)) / self.prediction.shape[0]

    def _input_grad(self):
        return (self.p - self.target) / self.prediction.shape[0]


class KLDivergence(Loss):
    """target: P, prediction: Q"""

    def _output(self):
        return np.sum(self.target * np.log(self.target / self.prediction)) / len(self.target)

    def _input_grad(self):
        return -self.target / self.prediction / len(self.target)
