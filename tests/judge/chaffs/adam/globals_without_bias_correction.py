# expect: mistaken adam/no-bias-correction
import numpy as np

m, v = np.zeros((2, 3)), np.zeros((2, 3))


def adam(w, grad, lr=0.001, beta1=0.9, beta2=0.999, eps=1e-8):
    global m, v
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    return w - lr * m / (np.sqrt(v) + eps)
