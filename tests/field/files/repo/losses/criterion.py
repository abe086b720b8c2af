"""modules in the manner of lua torch"""
import numpy as np


class Criterion(object):
    def __init__(self):
        self.output = None
        self.gradInput = None

    def forward(self, input, target):
        return self.updateOutput(input, target)

    def backward(self, input, target):
        return self.updateGradInput(input, target)

    def updateOutput(self, input, target):
        return self.output

    def updateGradInput(self, input, target):
        return self.gradInput


class ClassNLLCriterion(Criterion):
    """input: log-probabilities, target: one-hot"""

    def updateOutput(self, input, target):
        self.output = -np.sum(input * target) / input.shape[0]
        return self.output

    def updateGradInput(self, input, target):
        self.gradInput = -target / input.shape[0]
        return self.gradInput


class CrossEntropyCriterion(Criterion):
    """input: logits, target: one-hot"""

    def updateOutput(self, input, target):
        x = input - input.max(axis=1, keepdims=True)
        logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        self.output = -np.sum(logp * target) / len(input)
        return self.output

    def updateGradInput(self, input, target):
        e = np.exp(input - input.max(axis=1, keepdims=True))
        self.gradInput = (target - e / e.sum(axis=1, keepdims=True)) / len(input)
        return self.gradInput
