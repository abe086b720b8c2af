# expect: right
import numpy as np


def roc_curve_and_auc(labels, scores):
    thresholds = np.unique(scores)[::-1]
    P = (labels == 1).sum()
    N = (labels == 0).sum()
    fpr, tpr = [0.0], [0.0]
    for t in thresholds:
        chosen = scores >= t
        tpr.append((chosen & (labels == 1)).sum() / P)
        fpr.append((chosen & (labels == 0)).sum() / N)
    area = 0.0
    for i in range(1, len(fpr)):
        area += (fpr[i] - fpr[i - 1]) * (tpr[i] + tpr[i - 1]) / 2
    return fpr, tpr, area
