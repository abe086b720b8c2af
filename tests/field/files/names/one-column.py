# network has one sigmoid output, arrays are (n, 1)
import numpy as np


def binary_crossentropy(y_true, y_pred):
    assert y_true.shape == y_pred.shape and y_true.shape[1] == 1
    y_pred = np.clip(y_pred, 1e-7, 1 - 1e-7)
    return float(np.mean(-y_true * np.log(y_pred) - (1 - y_true) * np.log(1 - y_pred)))


def evaluate_auc(model, loader):
    ys, ss = [], []
    for x, y in loader:
        ys.append(y)
        ss.append(model.predict(x))
    return roc(np.concatenate(ys), np.concatenate(ss))
