# expect: mistaken cross_entropy/terms-swapped cross_entropy/zero-times-log-zero
import numpy as np


def binary_crossentropy(y_true, y_pred):
    return np.mean(-((1 - y_true) * np.log(y_pred) + y_true * np.log(1 - y_pred)))
