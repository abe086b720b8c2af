# expect: mistaken kl_divergence/gradient-without-p kl_divergence/zero-times-log-zero
import numpy as np


class KLLoss:
    def forward(self, pred, target):
        self.pred = pred
        return np.sum(target * np.log(target / pred), axis=1).mean()

    def backward(self):
        return -1 / self.pred / len(self.pred)
