# expect: right
import numpy as np


class SGDOptimizer:
    def __init__(self, params, learning_rate=1e-3):
        self.params = params
        self.learning_rate = learning_rate

    def step(self, grads):
        for i in range(len(self.params)):
            self.params[i] -= self.learning_rate * grads[i]
