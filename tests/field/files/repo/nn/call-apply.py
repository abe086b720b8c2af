# keras-like
import numpy as np


class Sgd:
    def __init__(self, learning_rate=0.01): self.learning_rate = learning_rate
    def apply_gradients(self, grads_and_vars):
        for g, v in grads_and_vars:
            v -= self.learning_rate * g


class Momentum:
    def __init__(self, learning_rate=0.01, momentum=0.9):
        self.learning_rate = learning_rate
        self.momentum = momentum
        self.acc = {}

    def optimize(self, grads_and_vars):
        for k, (g, v) in enumerate(grads_and_vars):
            if k not in self.acc: self.acc[k] = np.zeros(v.shape)
            self.acc[k] = self.momentum * self.acc[k] + g
            v -= self.learning_rate * self.acc[k]


class Adam:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
        self.learning_rate = learning_rate
        self.beta_1, self.beta_2, self.epsilon = beta_1, beta_2, epsilon
        self.m, self.v, self.iterations = {}, {}, 0

    def __call__(self, grads_and_vars):
        self.iterations += 1
        for k, (g, w) in enumerate(grads_and_vars):
            self.m[k] = self.beta_1 * self.m.get(k, 0) + (1 - self.beta_1) * g
            self.v[k] = self.beta_2 * self.v.get(k, 0) + (1 - self.beta_2) * np.square(g)
            mh = self.m[k] / (1 - self.beta_1 ** self.iterations)
            vh = self.v[k] / (1 - self.beta_2 ** self.iterations)
            w += self.learning_rate * mh / (np.sqrt(vh) + self.epsilon)
