# expect: right
import numpy as np


class Adam:
    """Every second layer is an activation."""

    def __init__(self, network, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        self.dense = network.layers[::2]
        self.lr, self.beta1, self.beta2, self.eps, self.t = lr, beta1, beta2, eps, 0
        self.m = [[np.zeros_like(d.W), np.zeros_like(d.b)] for d in self.dense]
        self.v = [[np.zeros_like(d.W), np.zeros_like(d.b)] for d in self.dense]

    def _change(self, i, j, grad):
        self.m[i][j] = self.beta1 * self.m[i][j] + (1 - self.beta1) * grad
        self.v[i][j] = self.beta2 * self.v[i][j] + (1 - self.beta2) * grad**2
        m_hat = self.m[i][j] / (1 - self.beta1**self.t)
        v_hat = self.v[i][j] / (1 - self.beta2**self.t)
        return self.lr * m_hat / (np.sqrt(v_hat) + self.eps)

    def step(self):
        self.t += 1
        for i, dense in enumerate(self.dense):
            dense.W -= self._change(i, 0, dense.dL_dW)
            dense.b -= self._change(i, 1, dense.dL_db)
