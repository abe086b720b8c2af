# expect: right
import numpy as np


class Adam:
    def __init__(self, weights, biases, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.0):
        self.weights, self.biases = weights, biases
        self.lr, self.beta1, self.beta2, self.eps, self.wd = lr, beta1, beta2, eps, weight_decay
        self.mW, self.vW = [np.zeros_like(W) for W in weights], [np.zeros_like(W) for W in weights]
        self.mB, self.vB = [np.zeros_like(B) for B in biases], [np.zeros_like(B) for B in biases]
        self.k = 0

    def update(self, dW, dB):
        self.k += 1
        for i in range(len(self.weights)):
            dW[i] += self.wd * self.weights[i]
            dB[i] += self.wd * self.biases[i]
            self.mW[i] = self.beta1 * self.mW[i] + (1 - self.beta1) * dW[i]
            self.vW[i] = self.beta2 * self.vW[i] + (1 - self.beta2) * dW[i] ** 2
            self.mB[i] = self.beta1 * self.mB[i] + (1 - self.beta1) * dB[i]
            self.vB[i] = self.beta2 * self.vB[i] + (1 - self.beta2) * dB[i] ** 2
            c1, c2 = 1 - self.beta1**self.k, 1 - self.beta2**self.k
            self.weights[i] -= self.lr * (self.mW[i] / c1) / (np.sqrt(self.vW[i] / c2) + self.eps)
            self.biases[i] -= self.lr * (self.mB[i] / c1) / (np.sqrt(self.vB[i] / c2) + self.eps)
