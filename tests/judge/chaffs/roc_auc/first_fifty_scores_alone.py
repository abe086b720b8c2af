# expect: unknown
import numpy as np


def roc_auc(labels, scores):
    labels, scores = np.asarray(labels)[:50], np.asarray(scores)[:50]
    d = scores[labels == 1][:, None] - scores[labels == 0][None]
    return ((d > 0) + 0.5 * (d == 0)).mean()
