# expect: right
import numpy as np


class Adam:
    def __init__(self, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state, self.t = {}, 0

    def step(self, weights_grads):
        self.t += 1
        for i, (w, grad) in enumerate(weights_grads):
            m, v = self.state.get(i, (0.0, 0.0))
            m = self.beta1 * m + (1 - self.beta1) * grad
            v = self.beta2 * v + (1 - self.beta2) * np.power(grad, 2)
            self.state[i] = m, v
            mean, square = m / (1 - np.power(self.beta1, self.t)), v / (1 - np.power(self.beta2, self.t))
            w -= self.lr * mean / (np.sqrt(square) + self.eps)
