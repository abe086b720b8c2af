# expect: mistaken cross_entropy/gradient-sign-flipped kl_divergence/zero-times-log-zero
import numpy as np


class KL:
    def forward(self, pred, target):
        self.pred = pred
        self.target = target
        return np.sum(target * (np.log(target) - np.log(pred)), axis=-1).mean()

    def backward(self, grad_output=1.0):
        return grad_output * self.target / self.pred / self.pred.shape[0]
