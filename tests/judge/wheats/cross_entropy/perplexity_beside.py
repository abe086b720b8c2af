# expect: right
import numpy as np


def cross_entropy(pred, target):
    loss = -np.log(pred[np.arange(len(target)), target]).mean()
    return loss, np.exp(loss)
