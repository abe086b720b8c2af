# expect: mistaken cross_entropy/backward-gives-nothing kl_divergence/zero-times-log-zero
import numpy as np


class KLDivLoss:
    def forward(self, q, p):
        self.q, self.p = q, p
        return np.sum(p * np.log(p / q), axis=-1).mean()

    def backward(self):
        grad = -self.p / self.q / len(self.p)
