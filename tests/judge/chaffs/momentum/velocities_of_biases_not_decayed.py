# expect: mistaken momentum/old-velocity-not-decayed
import numpy as np


class Momentum:
    def __init__(self, weights, biases, lr=0.01, momentum=0.9):
        self.weights, self.biases, self.lr, self.momentum = weights, biases, lr, momentum
        self.vW = [np.zeros_like(w) for w in weights]
        self.vB = [np.zeros_like(b) for b in biases]

    def update(self, dW, dB):
        for k in range(len(self.weights)):
            self.vW[k] = self.momentum * self.vW[k] + dW[k]
            self.vB[k] = self.vB[k] + dB[k]
            self.weights[k] -= self.lr * self.vW[k]
            self.biases[k] -= self.lr * self.vB[k]
