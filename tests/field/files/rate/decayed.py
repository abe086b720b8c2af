"""online convex optimisation course: eta_t = eta / sqrt(t)"""
import numpy as np


def sgd(w, g, t, eta=0.1):
    # t = 0, 1, 2, ...
    return w - eta / np.sqrt(t + 1) * g


class DecayedMomentum:
    """momentum with a learning rate that is divided by 10 every 100 steps"""

    def __init__(self, lr=0.1, mu=0.9):
        self.lr, self.mu, self.n, self.v = lr, mu, 0, 0.0

    def update(self, w, g):
        self.n += 1
        if self.n % 100 == 0:
            self.lr /= 10
        self.v = self.mu * self.v + g
        return w - self.lr * self.v


class AdamDecay:
    # Adam as in Algorithm 1, with alpha_t = alpha / sqrt(t) as in the regret proof
    def __init__(self, alpha=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
        self.alpha, self.beta1, self.beta2, self.eps = alpha, beta1, beta2, eps
        self.m = self.v = 0.0
        self.t = 0

    def update(self, w, g):
        self.t += 1
        self.m = self.beta1 * self.m + (1 - self.beta1) * g
        self.v = self.beta2 * self.v + (1 - self.beta2) * g * g
        mhat = self.m / (1 - self.beta1 ** self.t)
        vhat = self.v / (1 - self.beta2 ** self.t)
        return w - self.alpha / np.sqrt(self.t) * mhat / (np.sqrt(vhat) + self.eps)
