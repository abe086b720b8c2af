import numpy as np


class SGD:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def step(self, grads, layers):
        for (dW, db), layer in zip(grads, layers):
            layer.W = layer.W - self.learning_rate * dW
            layer.b = layer.b - self.learning_rate * db


class Adam:
    def __init__(self, learning_rate=0.001, beta1=0.9, beta2=0.999, epsilon=1e-8):
        self.learning_rate = learning_rate
        self.beta1 = beta1
        self.beta2 = beta2
        self.epsilon = epsilon
        self.t = 0
        self.state = {}

    def _one(self, key, w, g):
        m, v = self.state.setdefault(key, (np.zeros_like(w), np.zeros_like(w)))
        m = self.beta1 * m + (1 - self.beta1) * g
        v = self.beta2 * v + (1 - self.beta2) * g * g
        self.state[key] = (m, v)
        mh = m / (1 - self.beta1 ** self.t)
        vh = v / (1 - self.beta2 ** self.t)
        return w - 0.001 * mh / (np.sqrt(vh) + self.epsilon)

    def step(self, grads, layers):
        self.t += 1
        for i, ((dW, db), layer) in enumerate(zip(grads, layers)):
            layer.W = self._one((i, 'W'), layer.W, dW)
            layer.b = self._one((i, 'b'), layer.b, db)
