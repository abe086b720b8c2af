# expect: mistaken sgd/gradient-normalised
import numpy as np


class SGD:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, w, grad_w):
        return w - self.learning_rate * grad_w / np.linalg.norm(grad_w)
