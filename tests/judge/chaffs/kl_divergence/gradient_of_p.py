# expect: mistaken kl_divergence/gradient-of-p kl_divergence/zero-times-log-zero
import numpy as np


class KLDivergence:
    def __call__(self, y_true, y_pred):
        return np.mean(np.sum(y_true * np.log(y_true / y_pred), axis=-1))

    def grad(self, y_true, y_pred):
        return (np.log(y_true / y_pred) + 1) / y_true.shape[0]
