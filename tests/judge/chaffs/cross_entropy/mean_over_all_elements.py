# expect: mistaken cross_entropy/mean-over-all-elements
import numpy as np


def cross_entropy(y_true, y_pred):
    with np.errstate(divide="ignore"):
        logs = np.log(y_pred, out=np.zeros_like(y_pred), where=y_true > 0)
    return -np.mean(y_true * logs)
