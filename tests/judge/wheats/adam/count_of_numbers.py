# expect: right
import math


class Adam:
    def __init__(self, n, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.means, self.squares, self.t = [0.0] * n, [0.0] * n, 0

    def step(self, params, grads):
        self.t += 1
        moved = []
        for i in range(len(params)):
            self.means[i] += (1 - self.beta1) * (grads[i] - self.means[i])
            self.squares[i] += (1 - self.beta2) * (grads[i] ** 2 - self.squares[i])
            root = math.sqrt(self.squares[i] / (1 - self.beta2**self.t))
            moved.append(params[i] - self.lr * self.means[i] / (1 - self.beta1**self.t) / (root + self.eps))
        return moved
