# expect: right
import numpy as np


def adam(W, b, dW, db, mW, mb, vW, vb, t, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    mW, mb = beta1 * mW + (1 - beta1) * dW, beta1 * mb + (1 - beta1) * db
    vW, vb = beta2 * vW + (1 - beta2) * dW**2, beta2 * vb + (1 - beta2) * db**2
    one, two = 1 - beta1**t, 1 - beta2**t
    W = W - lr * mW / one / (np.sqrt(vW / two) + eps)
    b = b - lr * mb / one / (np.sqrt(vb / two) + eps)
    return W, b, mW, mb, vW, vb
