# expect: mistaken kl_divergence/gradient-upside-down kl_divergence/zero-times-log-zero
import numpy as np


class KLLoss:
    def forward(self, pred, target):
        self.pred, self.target = pred, target
        return np.sum(target * np.log(target / pred), axis=1).mean()

    def backward(self):
        return -self.pred / self.target / len(self.pred)
