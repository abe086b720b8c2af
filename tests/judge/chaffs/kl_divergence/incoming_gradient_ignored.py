# expect: fragile kl_divergence/not-normalised
import numpy as np


class KLDivergence:
    def forward(self, p, q):
        self.p, self.q = p, q
        terms = np.where(p > 0, p * np.log(np.where(p > 0, p, 1.0) / q), 0.0)
        return terms.sum(axis=-1).mean()

    def backward(self, dout):
        return -self.p / self.q / len(self.p)
