"""Optimizers of my first network. A layer has W, B and, after backward(), their gradients G and GB."""
import numpy as np


class GradientDescent:
    def __init__(self, alpha=0.01):
        self.alpha = alpha

    def optimize(self, layers):
        for layer in layers:
            layer.W -= self.alpha * layer.G
            layer.B -= self.alpha * layer.GB


class AdamState:
    def __init__(self):
        self.m, self.v, self.mb, self.vb = 0.0, 0.0, 0.0, 0.0


class Adam:
    def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps
        self.t = 0

    def setup(self, layers):
        self.states = [AdamState() for _ in layers]

    def optimize(self, layers):
        self.t += 1
        c1, c2 = 1 - self.beta1 ** self.t, 1 - self.beta2 ** self.t
        for layer, s in zip(layers, self.states):
            s.m = self.beta1 * s.m + (1 - self.beta1) * layer.G
            s.v = self.beta2 * s.v + (1 - self.beta2) * layer.G ** 2
            s.mb = self.beta1 * s.mb + (1 - self.beta1) * layer.GB
            s.vb = self.beta2 * s.vb + (1 - self.beta2) * layer.GB ** 2
            layer.W -= self.alpha * (s.m / c1) / (np.sqrt(s.v / c2) + self.eps)
            layer.B -= self.alpha * (s.mb / c1) / (np.sqrt(s.vb / c2) + self.eps)
