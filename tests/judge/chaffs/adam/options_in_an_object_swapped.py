# expect: mistaken adam/betas-swapped
import numpy as np


class Adam:
    def __init__(self, hparams):
        self.lr, self.eps = hparams.learning_rate, hparams.epsilon
        self.beta1, self.beta2 = hparams.beta2, hparams.beta1
        self.m, self.v, self.t = {}, {}, 0

    def update(self, params, grads):
        self.t += 1
        for k in params:
            self.m[k] = self.beta1 * self.m.get(k, 0) + (1 - self.beta1) * grads[k]
            self.v[k] = self.beta2 * self.v.get(k, 0) + (1 - self.beta2) * grads[k] ** 2
            mean, square = self.m[k] / (1 - self.beta1**self.t), self.v[k] / (1 - self.beta2**self.t)
            params[k] -= self.lr * mean / (np.sqrt(square) + self.eps)
