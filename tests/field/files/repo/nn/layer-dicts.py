"""layer.params['W'], layer.grads['W']"""
import numpy as np


class Layer:
    def __init__(self):
        self.params = {}
        self.grads = {}


class Dense(Layer):
    def __init__(self, n_in, n_out):
        super().__init__()
        self.params['W'] = np.random.randn(n_in, n_out) / np.sqrt(n_in)
        self.params['b'] = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.params['W'] + self.params['b']

    def backward(self, d):
        self.grads['W'] = self.x.T @ d
        self.grads['b'] = d.sum(0)
        return d @ self.params['W'].T


class SGD:
    def __init__(self, lr=0.1):
        self.lr = lr

    def update(self, layers):
        for layer in layers:
            for name in layer.params:
                layer.params[name] -= self.lr * layer.grads[name]


class Momentum:
    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu = lr, mu
        self.v = {}

    def update(self, layers):
        for layer in layers:
            for name in layer.params:
                # keyed by name: every layer's 'W' shares one velocity (!)
                self.v[name] = self.mu * self.v.get(name, 0) + layer.grads[name]
                layer.params[name] = layer.params[name] - self.lr * self.v[name]
