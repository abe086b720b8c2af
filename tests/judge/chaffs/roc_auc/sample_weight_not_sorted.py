# expect: fragile
import numpy as np


def auc(y_true, y_score, sample_weight=None):
    w = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight)
    order = np.argsort(-y_score, kind="stable")
    y, s = y_true[order], y_score[order]
    last = np.append(np.diff(s) != 0, True)
    tps = np.append(0, np.cumsum(w * (y == 1))[last])
    fps = np.append(0, np.cumsum(w * (y == 0))[last])
    return np.sum(np.diff(fps) * (tps[1:] + tps[:-1])) / 2 / (tps[-1] * fps[-1])
