"""Exercise 3: optimizers with regularizers. Each layer has an optimizer of its own."""
import numpy as np


class Optimizer:
    def __init__(self):
        self.regularizer = None

    def add_regularizer(self, regularizer):
        self.regularizer = regularizer


class Sgd(Optimizer):
    def __init__(self, learning_rate: float):
        super().__init__()
        self.learning_rate = learning_rate

    def calculate_update(self, weight_tensor, gradient_tensor):
        updated = weight_tensor - self.learning_rate * gradient_tensor
        if self.regularizer:
            updated = updated - self.learning_rate * self.regularizer.calculate_gradient(weight_tensor)
        return updated


class SgdWithMomentum(Optimizer):
    def __init__(self, learning_rate, momentum_rate):
        super().__init__()
        self.learning_rate = learning_rate
        self.momentum_rate = momentum_rate
        self.velocity = 0

    def calculate_update(self, weight_tensor, gradient_tensor):
        shift = 0
        if self.regularizer:
            shift = self.learning_rate * self.regularizer.calculate_gradient(weight_tensor)
        self.velocity = self.momentum_rate * self.velocity - self.learning_rate * gradient_tensor
        return weight_tensor - shift + self.velocity


class Adam(Optimizer):
    def __init__(self, learning_rate, mu, rho):
        super().__init__()
        self.learning_rate = learning_rate
        self.mu, self.rho = mu, rho
        self.v, self.r, self.k = 0, 0, 1

    def calculate_update(self, weight_tensor, gradient_tensor):
        self.v = self.mu * self.v + (1 - self.mu) * gradient_tensor
        self.r = self.rho * self.r + (1 - self.rho) * gradient_tensor**2
        v_hat = self.v / (1 - self.mu)
        r_hat = self.r / (1 - self.rho)
        self.k += 1
        step = self.learning_rate * v_hat / (np.sqrt(r_hat) + np.finfo(float).eps)
        if self.regularizer:
            step = step + self.learning_rate * self.regularizer.calculate_gradient(weight_tensor)
        return weight_tensor - step
