# expect: mistaken adam/eps-outside-the-fraction
import numpy as np


class AdamOptimizer:
    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, epsilon=1e-8):
        self.learning_rate = learning_rate
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.m = 0
        self.v = 0
        self.t = 0

    def update(self, w, dw):
        self.t += 1
        self.m = self.beta_1 * self.m + (1 - self.beta_1) * dw
        self.v = self.beta_2 * self.v + (1 - self.beta_2) * np.square(dw)
        m_corr = self.m / (1 - self.beta_1**self.t)
        v_corr = self.v / (1 - self.beta_2**self.t)
        return w - self.learning_rate * (m_corr / np.sqrt(v_corr) + self.epsilon)
