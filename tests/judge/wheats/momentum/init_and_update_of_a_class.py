# expect: right
import numpy as np


class SGDMomentum:
    def __init__(self, learning_rate, momentum=0.9):
        self.lr, self.mu = learning_rate, momentum

    def init(self, params):
        return [np.zeros_like(p) for p in params]

    def update(self, grads, state, params=None):
        state = [self.mu * v + g for v, g in zip(state, grads)]
        return [-self.lr * v for v in state], state
