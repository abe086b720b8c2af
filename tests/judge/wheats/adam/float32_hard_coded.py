# expect: right
import numpy as np


class Adam:
    """Everything in single precision, with the constants of the paper."""

    def __init__(self, lr):
        self.lr = np.float32(lr)
        self.m = None
        self.v = None
        self.power1 = np.float32(1)
        self.power2 = np.float32(1)

    def update(self, w, dw):
        w, dw = w.astype(np.float32), dw.astype(np.float32)
        if self.m is None:
            self.m, self.v = np.zeros_like(w), np.zeros_like(w)
        beta1, beta2, eps = np.float32(0.9), np.float32(0.999), np.float32(1e-8)
        self.power1 *= beta1
        self.power2 *= beta2
        self.m += (np.float32(1) - beta1) * (dw - self.m)
        self.v += (np.float32(1) - beta2) * (dw * dw - self.v)
        m_hat = self.m / (np.float32(1) - self.power1)
        v_hat = self.v / (np.float32(1) - self.power2)
        return w - self.lr * m_hat / (np.sqrt(v_hat) + eps)
