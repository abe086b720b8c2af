# expect: right
import numpy as np


class Optim:
    """All my optimizers in one place."""

    @staticmethod
    def _hat(x, beta, t):
        return x / (1 - beta**t)

    @staticmethod
    def adam_step(w, dw, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
        m = beta1 * m + (1 - beta1) * dw
        v = beta2 * v + (1 - beta2) * np.square(dw)
        w = w - lr * Optim._hat(m, beta1, t) / (np.sqrt(Optim._hat(v, beta2, t)) + eps)
        return w, m, v
