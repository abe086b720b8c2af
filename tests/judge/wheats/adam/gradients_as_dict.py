# expect: right
import numpy as np


class Adam:
    def __init__(self, params, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.params = params
        self.lr, self.beta1, self.beta2, self.eps = lr, beta1, beta2, eps
        self.state = {name: [np.zeros_like(p), np.zeros_like(p), 0] for name, p in params.items()}

    def step(self, grads):
        for name, grad in grads.items():
            m, v, t = self.state[name]
            t += 1
            m = self.beta1 * m + (1 - self.beta1) * grad
            v = self.beta2 * v + (1 - self.beta2) * grad**2
            self.state[name] = [m, v, t]
            m_hat, v_hat = m / (1 - self.beta1**t), v / (1 - self.beta2**t)
            self.params[name] -= self.lr * m_hat / (np.sqrt(v_hat) + self.eps)
