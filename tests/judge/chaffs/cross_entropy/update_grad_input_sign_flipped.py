# expect: mistaken cross_entropy/gradient-sign-flipped
import numpy as np


class CrossEntropyCriterion:
    def updateOutput(self, input, target):
        x = input - input.max(axis=1, keepdims=True)
        self.logp = x - np.log(np.exp(x).sum(axis=1, keepdims=True))
        return -np.sum(self.logp * target) / len(input)

    def updateGradInput(self, input, target):
        return (target - target.sum(axis=1, keepdims=True) * np.exp(self.logp)) / len(input)
