# expect: right
import numpy as np


def kl(x, y):
    x, y = x / x.sum(axis=-1, keepdims=True), y / y.sum(axis=-1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(x > 0, x * (np.log(x) - np.log(y)), 0.0).sum(axis=-1)
