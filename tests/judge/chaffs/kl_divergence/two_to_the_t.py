# expect: unknown
import numpy as np


class DistillationLoss:
    def __init__(self, T=1.0):
        self.T = T

    def softmax(self, x):
        e = np.exp((x - x.max(axis=1, keepdims=True)) / self.T)
        return e / e.sum(axis=1, keepdims=True)

    def forward(self, student, teacher):
        p, q = self.softmax(teacher), self.softmax(student)
        return np.mean(np.sum(p * np.log(p / q), axis=1)) * 2**self.T
