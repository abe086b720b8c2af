# expect: convention kl_divergence/not-normalised
import numpy as np


class KLDivLoss:
    def forward(self, q, p):
        self.q, self.p = q, p
        seen = p > 0
        with np.errstate(divide="ignore"):
            terms = np.where(seen, p * (np.log(np.where(seen, p, 1)) - np.log(np.where(seen, q, 1))), 0)
        return terms.sum() / len(p)

    def backward(self):
        return -self.p / self.q / len(self.p)
