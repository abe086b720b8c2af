# expect: right
import numpy as np


def roc_auc_score(y_true, y_score, *, sample_weight=None, max_fpr=None, pos_label=1):
    y_true, y_score = np.asarray(y_true), np.asarray(y_score, float)
    weight = np.ones(len(y_true)) if sample_weight is None else np.asarray(sample_weight, float)
    positive = y_true == pos_label
    if positive.all() or not positive.any():
        return float("nan")
    order = np.argsort(-y_score, kind="stable")
    y_score, positive, weight = y_score[order], positive[order], weight[order]
    last = np.append(np.diff(y_score) != 0, True)
    tps = np.append(0, np.cumsum(weight * positive)[last])
    fps = np.append(0, np.cumsum(weight * ~positive)[last])
    fpr, tpr = fps / fps[-1], tps / tps[-1]
    if max_fpr is None or max_fpr == 1:
        return np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2
    stop = np.searchsorted(fpr, max_fpr, "right")
    tpr = np.append(tpr[:stop], np.interp(max_fpr, fpr[stop - 1 : stop + 1], tpr[stop - 1 : stop + 1]))
    fpr = np.append(fpr[:stop], max_fpr)
    area = np.sum(np.diff(fpr) * (tpr[1:] + tpr[:-1])) / 2
    least = max_fpr**2 / 2
    return (1 + (area - least) / (max_fpr - least)) / 2
