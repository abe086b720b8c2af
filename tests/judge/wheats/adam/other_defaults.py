# expect: convention adam/defaults-differ
import numpy as np


class Adam:
    def __init__(self, lr=0.01, beta1=0.9, beta2=0.99, epsilon=1e-7):
        self.lr, self.beta1, self.beta2, self.epsilon = lr, beta1, beta2, epsilon
        self.m = None
        self.v = None
        self.t = 0

    def update(self, w, grad_wrt_w):
        if self.m is None:
            self.m = np.zeros(np.shape(grad_wrt_w))
            self.v = np.zeros(np.shape(grad_wrt_w))
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * grad_wrt_w
        self.v = self.beta2 * self.v + (1 - self.beta2) * np.power(grad_wrt_w, 2)
        m_hat = self.m / (1 - self.beta1**self.t)
        v_hat = self.v / (1 - self.beta2**self.t)
        self.w_updt = self.lr * m_hat / (np.sqrt(v_hat) + self.epsilon)
        return w - self.w_updt
