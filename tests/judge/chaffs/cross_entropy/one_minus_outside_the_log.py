# expect: mistaken cross_entropy/one-minus-outside-the-log
import numpy as np


def bce(y, y_hat):
    loss = -(y * np.log(y_hat) + (1 - y) * (1 - np.log(y_hat)))
    return loss.mean()
