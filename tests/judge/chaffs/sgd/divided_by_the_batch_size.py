# expect: convention sgd/divided-by-the-batch-size
import numpy as np


class SGD:
    def __init__(self, learning_rate=0.01):
        self.learning_rate = learning_rate

    def update(self, w, grad_w, batch_size):
        return w - self.learning_rate * grad_w / batch_size
