# expect: right
import numpy as np


def sgd(w, grad, lr=0.01):
    w = np.asarray(w, dtype=np.float32)
    grad = np.asarray(grad, dtype=np.float32)
    return (w - np.float32(lr) * grad).astype(np.float32)
