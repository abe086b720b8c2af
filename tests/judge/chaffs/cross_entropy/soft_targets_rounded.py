# expect: convention cross_entropy/soft-targets-rounded
import numpy as np


def cross_entropy(y_pred, y_true):
    idx = y_true.argmax(axis=1)
    return -np.log(y_pred[np.arange(len(idx)), idx]).mean()
